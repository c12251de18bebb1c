/** The list with invented doctors, in every state. */
import { PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { many, one, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { NoRight, Nothing, Partial } from '@/ui/states'
import { Label, Moment } from '@/ui/words'
import { type Doctor, doctors, specialties } from './people'
import { AWAY } from './States'

const SIZE = 50
const ALL = 12418
const FIELDS = { part: one(), specialty: many(), order: one('name') }

export default function ListShow({ state }: { state: string }) {
  const { t, i18n } = useTranslation()
  const { number } = useFormat()
  const [text, setText] = useState('')
  const [keys, setKeys] = useState<readonly string[]>([])
  const [everything, setEverything] = useState(false)
  const { values, set, query } = useAddress(FIELDS)
  const [views, setViews] = useState([
    { key: 'all', title: t('design.list.all'), query: `part=list&state=${state}`, fixed: true },
  ])
  const pages = usePages(`design:${values.specialty}:${values.order}:${text}`)
  const base = useMemo(() => doctors(i18n.language, 600), [i18n.language])
  const found = useMemo(() => {
    const by = (row: Doctor) => (values.order.endsWith('updated') ? row.updated : row.name)
    const sign = values.order.startsWith('-') ? -1 : 1
    return base
      .filter((row) => values.specialty.length === 0 || values.specialty.includes(row.specialty))
      .filter((row) => row.name.toLowerCase().includes(text.toLowerCase()))
      .sort((one, other) => sign * by(one).localeCompare(by(other)))
  }, [base, values, text])
  const columns = useMemo<Column<Doctor>[]>(
    () => [
      {
        key: 'name',
        title: t('design.list.name'),
        render: (row) => row.name,
        width: 230,
        sorter: 'name',
        always: true,
      },
      { key: 'specialty', title: t('design.list.specialty'), render: (row) => row.specialty, width: 150 },
      { key: 'workplace', title: t('design.list.workplace'), render: (row) => row.workplace, width: 220 },
      { key: 'city', title: t('design.list.city'), render: (row) => row.city, width: 140 },
      {
        key: 'state',
        title: t('design.list.state'),
        render: (row) =>
          row.letters % 9 === 0 ? (
            <Label kind="warn">{t('design.list.doubt')}</Label>
          ) : (
            <Label kind="good">{t('design.list.consent')}</Label>
          ),
        width: 120,
      },
      {
        key: 'letters',
        title: t('design.list.letters'),
        render: (row) => number(row.letters),
        width: 90,
        figures: true,
      },
      {
        key: 'updated',
        title: t('design.list.updated'),
        render: (row) => <Moment time={row.updated} />,
        width: 170,
        sorter: 'updated',
      },
      { key: 'id', title: t('design.list.id'), render: (row) => row.id, width: 90, hidden: true },
    ],
    [t, number],
  )
  if (state === 'noRight') return <NoRight />
  const shown = found.slice(pages.index * SIZE, (pages.index + 1) * SIZE)
  const none = state === 'loading' || state === 'failing'
  const total = found.length === base.length ? ALL : found.length
  const options = specialties(i18n.language).filter((each) => !values.specialty.includes(each))
  return (
    <ListLayout<Doctor>
      name="design"
      title={t('design.list.title')}
      total={state === 'empty' ? 0 : none ? undefined : total}
      views={views}
      onSaveView={async (title) => setViews([...views, { key: title, title, query, fixed: false }])}
      onRemoveView={async (key) => setViews(views.filter((each) => each.key !== key))}
      search={{ value: text, change: setText, placeholder: t('design.list.find') }}
      filters={
        <Dropdown
          trigger={['click']}
          menu={{
            items: options.map((key) => ({ key, label: key })),
            onClick: ({ key }) => set({ specialty: [...values.specialty, key] }),
          }}
        >
          <Button icon={<PlusOutlined />}>{t('design.list.filter')}</Button>
        </Dropdown>
      }
      chips={values.specialty.map((value) => ({
        key: value,
        label: t('design.list.specialty'),
        value,
        remove: () => set({ specialty: values.specialty.filter((each) => each !== value) }),
      }))}
      clear={() => {
        set({ specialty: [] })
        setText('')
      }}
      columns={columns}
      rows={none ? undefined : state === 'empty' ? [] : shown}
      idOf={(row) => row.id}
      loading={state === 'loading' || state === 'waiting'}
      failure={state === 'failing' || state === 'stale' ? AWAY : null}
      again={() => {}}
      page={pages.turn(SIZE, (pages.index + 1) * SIZE < found.length ? String(pages.index + 1) : '')}
      order={values.order}
      onOrder={(order) => set({ order })}
      selection={{
        keys,
        change: setKeys,
        bar: (
          <>
            <Button size="small">{t('design.list.toSegment')}</Button>
            <Button size="small" danger>
              {t('design.pieces.archive')}
            </Button>
          </>
        ),
        everything: { chosen: everything, choose: setEverything },
      }}
      preview={(row) => (
        <>
          <h2>{row.name}</h2>
          <dl className="facts">
            <dt>{t('design.list.specialty')}</dt>
            <dd>{row.specialty}</dd>
            <dt>{t('design.list.workplace')}</dt>
            <dd>{row.workplace}</dd>
            <dt>{t('design.list.city')}</dt>
            <dd>{row.city}</dd>
            <dt>{t('design.list.updated')}</dt>
            <dd>
              <Moment time={row.updated} />
            </dd>
          </dl>
        </>
      )}
      open={() => '/design?part=card'}
      edit={() => {}}
      empty={
        <Nothing text={t('design.list.empty')}>
          <Button type="primary">{t('design.list.import')}</Button>
          <Button>{t('design.list.create')}</Button>
        </Nothing>
      }
      actions={
        <>
          <Button>{t('design.list.export')}</Button>
          <Button type="primary">{t('design.list.create')}</Button>
        </>
      }
      note={state === 'partial' ? <Partial text={t('design.states.partialText')} /> : null}
    />
  )
}
