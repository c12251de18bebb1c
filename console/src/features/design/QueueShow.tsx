/** The queue as pairs of invented people who may be one, in every state. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QueueLayout } from '@/layouts/Queue'
import { Shape } from '@/ui/Shape'
import { Failure, NoRight, Nothing } from '@/ui/states'
import { type Doctor, doctors } from './people'
import { AWAY } from './States'

const TOTAL = 212

export default function QueueShow({ state }: { state: string }) {
  const { t, i18n } = useTranslation()
  const [decided, setDecided] = useState<readonly string[]>([])
  const [at, setAt] = useState<string | null>('d0')
  const people = useMemo(() => doctors(i18n.language, 40), [i18n.language])
  if (state === 'noRight') return <NoRight />
  const waiting = state === 'whole' ? people.filter((each) => !decided.includes(each.id)) : []
  const here = waiting.find((each) => each.id === at) ?? waiting[0]
  const decide = () => {
    if (!here) return
    setDecided([...decided, here.id])
    setAt(waiting[waiting.indexOf(here) + 1]?.id ?? null)
  }
  const other = here
    ? { ...here, specialty: people[1]?.specialty ?? '', workplace: here.workplace, city: people[2]?.city ?? '' }
    : undefined
  const done = state === 'empty' ? TOTAL : 37 + decided.length
  return (
    <QueueLayout
      title={t('design.queue.title')}
      done={done}
      total={TOTAL}
      items={waiting.map((each) => ({ key: each.id, title: each.name, note: each.workplace }))}
      at={here?.id ?? null}
      go={setAt}
      loading={state === 'loading'}
      current={
        state === 'loading' ? (
          <Shape title={240} rows={8} />
        ) : state === 'failing' ? (
          <Failure failure={AWAY} again={() => {}} />
        ) : here && other ? (
          <Pair one={here} other={other} />
        ) : (
          <Nothing text={t('design.queue.done')} />
        )
      }
      decide={[
        { key: 'y', label: t('design.queue.same'), act: decide, main: true },
        { key: 'n', label: t('design.queue.different'), act: decide },
        { key: 's', label: t('design.queue.later'), act: decide },
      ]}
      undo={
        decided.length > 0
          ? {
              label: t('layouts.queue.undo'),
              act: () => {
                setAt(decided.at(-1) ?? null)
                setDecided(decided.slice(0, -1))
              },
            }
          : undefined
      }
    />
  )
}

function Pair({ one, other }: { one: Doctor; other: Doctor }) {
  const { t } = useTranslation()
  const rows = (['name', 'specialty', 'workplace', 'city'] as const).map((key) => ({
    key,
    title: t(`design.list.${key}`),
    values: [one[key], other[key]] as const,
  }))
  return (
    <table className="pair">
      <caption className="unseen">{t('design.queue.pair')}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('design.queue.first')}</th>
          <th scope="col">{t('design.queue.second')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, title, values }) => (
          <tr key={key} className={values[0] === values[1] ? undefined : 'differs'}>
            <th scope="row">{title}</th>
            <td>{values[0]}</td>
            <td>{values[1]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
