/** The wizard as an import of ten thousand invented rows, in every state. */
import { Button } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { WizardLayout, type WizardStep } from '@/layouts/Wizard'
import { moved, type Place } from '@/ui/place'
import { Shape } from '@/ui/Shape'
import { Failure, NoRight, Nothing } from '@/ui/states'
import { type VirtualCell, type VirtualColumn, VirtualTable } from '@/ui/VirtualTable'
import { Figure } from '@/ui/words'
import { type Doctor, doctors } from './people'
import { AWAY } from './States'

const ROWS = 10_000
const KEYS = ['file', 'mapping', 'check', 'run'] as const

type Row = Doctor & { number: number; mail: string }

const MAIL = 1

const wrong = (mail: string) => !mail.includes('.')

export default function WizardShow({ state }: { state: string }) {
  const { t, i18n } = useTranslation()
  const { number } = useFormat()
  const [at, setAt] = useState('check')
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [typed, setTyped] = useState<string | null>(null)
  const [mended, setMended] = useState<ReadonlyMap<number, string>>(new Map())
  const rows = useMemo<Row[]>(
    () =>
      doctors(i18n.language, ROWS).map((row, place) => ({
        ...row,
        number: place + 1,
        mail: place % 7 === 3 ? `doctor${place}@clinic` : `doctor${place}@clinic.example`,
      })),
    [i18n.language],
  )
  const columns = useMemo<VirtualColumn[]>(
    () => [
      { key: 'name', title: t('design.list.name'), width: 260 },
      { key: 'mail', title: t('design.pieces.mail'), width: 240 },
      { key: 'specialty', title: t('design.list.specialty'), width: 180 },
      { key: 'workplace', title: t('design.list.workplace'), width: 280 },
      { key: 'city', title: t('design.list.city'), width: 220 },
    ],
    [t],
  )
  const bad = useMemo(() => rows.filter((row) => wrong(mended.get(row.number) ?? row.mail)).length, [rows, mended])
  const rowAt = useCallback((index: number) => rows[index], [rows])
  const cellOf = useCallback(
    (row: Row, place: number): VirtualCell => {
      const column = columns[place]?.key as 'name'
      if (place !== MAIL) return { value: row[column] }
      const value = mended.get(row.number) ?? row.mail
      return { value, look: wrong(value) ? 'wrong' : mended.has(row.number) ? 'mended' : undefined }
    },
    [columns, mended],
  )
  const go = (place: Place) => {
    setTyped(null)
    setActive(place)
  }
  const save = (key: 'Enter' | 'Tab') => {
    if (typed !== null) setMended((now) => new Map(now).set(active.row + 1, typed))
    const bounds = { rows: ROWS, columns: columns.length, page: 1 }
    go(moved(active, key === 'Enter' ? 'ArrowDown' : 'ArrowRight', bounds) ?? active)
  }
  if (state === 'noRight') return <NoRight />
  const steps = KEYS.map((key): WizardStep => {
    const place = KEYS.indexOf(key)
    const doing = state === 'empty' ? 0 : 2
    const word = place < doing ? 'done' : place > doing ? 'wait' : state === 'whole' && bad > 0 ? 'wrong' : 'doing'
    return {
      key,
      title: t(`design.wizard.steps.${key}`),
      state: word,
      note:
        state === 'empty'
          ? undefined
          : key === 'file'
            ? 'doctors-2026-11.xlsx'
            : key === 'check' && state === 'whole'
              ? t('design.wizard.wrong', { count: bad, number: number(bad) })
              : undefined,
    }
  })
  const body =
    state === 'loading' ? (
      <Shape title={320} rows={12} />
    ) : state === 'failing' ? (
      <Failure failure={AWAY} again={() => {}} />
    ) : state === 'empty' ? (
      <Nothing text={t('design.wizard.drop')}>
        <Button type="primary">{t('design.wizard.choose')}</Button>
        <Button type="link">{t('design.wizard.template')}</Button>
      </Nothing>
    ) : at === 'check' ? (
      <VirtualTable<Row>
        label={t('design.wizard.steps.check')}
        columns={columns}
        count={ROWS}
        rowAt={rowAt}
        cellOf={cellOf}
        head={{ title: t('design.wizard.row'), width: 88, of: (row) => <Figure value={row.number} /> }}
        active={active}
        onActive={go}
        editing={typed}
        onEditing={(text) => (text === null || active.column === MAIL) && setTyped(text)}
        onSave={save}
        editWord={(column) => column.title}
      />
    ) : (
      <section className="paper">
        <h2>{t(`design.wizard.steps.${at}`)}</h2>
        <p>{t('design.wizard.back')}</p>
      </section>
    )
  return (
    <WizardLayout
      title={t('design.wizard.title')}
      steps={steps}
      full={state === 'whole'}
      at={state === 'empty' ? 'file' : at}
      go={setAt}
      saved={state === 'empty' ? undefined : t('design.wizard.saved')}
      actions={<Button>{t('design.wizard.later')}</Button>}
      foot={
        state === 'whole' ? (
          <>
            <span>
              {t('design.wizard.will')} <Figure value={8214} unit={t('design.wizard.new')} to="?part=list" />,{' '}
              <Figure value={ROWS - 8214 - bad} unit={t('design.wizard.updated')} to="?part=list" />,{' '}
              <Figure value={bad} unit={t('design.wizard.left')} to="?part=list" />
            </span>
            <Button type="primary">{t('design.wizard.go', { number: number(ROWS - bad) })}</Button>
          </>
        ) : (
          <Button type="primary" disabled>
            {t('design.wizard.next')}
          </Button>
        )
      }
    >
      {body}
    </WizardLayout>
  )
}
