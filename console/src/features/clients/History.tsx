/** Who changed what and when, the card as it was on a day, and who looked at it. */

import { Button, DatePicker, Segmented } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { AttributeValue, FieldChange, Profile, ProvenanceEntry } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { one, useAddress } from '@/layouts/address'
import { useColleagues } from '@/ui/colleagues'
import { useCatalogue } from '@/ui/known'
import { Failure, Nothing } from '@/ui/states'
import { TermWord, useSourceTitle } from '@/ui/terms'
import { Label } from '@/ui/words'
import { Clock } from './Clock'
import { byDay, type Step, stepsOf } from './history'
import { Lines } from './Lines'
import { useChanges, useTrail } from './queries'
import { useAttributeTitle, useValueText } from './words'

const DAY = 'YYYY-MM-DD'
const ADDRESS = { of: one('changes') }

interface Props {
  client: Profile
  asOf: string
  choose(day: string): void
}

export function History({ client, asOf, choose }: Props) {
  const { t } = useTranslation()
  const { values, set } = useAddress(ADDRESS)
  const audit = useMay('audit.read')
  const of = audit && values.of === 'views' ? 'views' : 'changes'
  return (
    <div className="stack">
      <div className="history-tools">
        {audit ? (
          <Segmented
            value={of}
            onChange={(next) => set({ of: next })}
            options={['changes', 'views'].map((each) => ({ value: each, label: t(`clients.history.${each}`) }))}
          />
        ) : null}
        <DatePicker
          value={asOf ? dayjs(asOf, DAY) : null}
          onChange={(next) => choose(next ? next.format(DAY) : '')}
          placeholder={t('clients.asOf.choose')}
          aria-label={t('clients.asOf.choose')}
          disabledDate={(day) => day.isAfter(dayjs(), 'day')}
          format={['D MMM YYYY', 'DD.MM.YYYY', DAY]}
          style={{ width: 220 }}
        />
      </div>
      {of === 'views' ? <Trail id={client.id} /> : <Changes id={client.id} asOf={asOf} />}
    </div>
  )
}

function Changes({ id, asOf }: { id: string; asOf: string }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  const found = useChanges(id)
  const entries = found.data?.pages.flatMap((page) => page.items) ?? []
  const name = useColleagues(entries.map((entry) => entry.actor?.principal ?? ''))
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} />
  if (found.isPending) return <Lines />
  const days = byDay(stepsOf(entries), (step) => step.time)
  return (
    <section className="paper">
      {days.map(({ day: date, things }) => (
        <div key={date} className="day">
          <h2>
            {day(date)} {asOf && date > asOf ? <Label>{t('clients.asOf.later')}</Label> : null}
          </h2>
          <ul>
            {things.map((step) => (
              <OneStep key={step.id} step={step} name={name} />
            ))}
          </ul>
        </div>
      ))}
      {found.hasNextPage ? (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('clients.more')}
        </Button>
      ) : null}
    </section>
  )
}

function OneStep({ step, name }: { step: Step; name(id: string): string }) {
  const { t } = useTranslation()
  const actor = step.entries[0]?.actor
  return (
    <li className="entry">
      <Clock time={step.time} />
      <div className="entry-what">
        {step.entries.map((entry) => (
          <Told key={entry.id} entry={entry} alone={step.entries.length === 1} />
        ))}
        <span className="soft">
          {name(actor?.principal ?? '')}
          {actor?.operation ? ` · ${t('clients.history.byImport')}` : null}
        </span>
      </div>
    </li>
  )
}

function Told({ entry, alone }: { entry: ProvenanceEntry; alone: boolean }) {
  const { t, i18n } = useTranslation()
  const source = useSourceTitle()
  const key = `clients.history.events.${entry.event}`
  // Opening a record says nothing beside what it begins with.
  if (entry.event === 'record-opened' && !alone) return null
  // Some parts are named without their values.
  const bare = entry.changes
    .filter((change) => !valued(change))
    .map(({ path }) => (i18n.exists(`clients.history.parts.${path}`) ? t(`clients.history.parts.${path}`) : path))
    .map((word) => word.toLocaleLowerCase(i18n.language))
  return (
    <div>
      <div>{i18n.exists(key) ? t(key, { source: source(entry.source) }) : entry.event}</div>
      {entry.changes.length ? (
        <ul className="field-changes">
          {entry.changes.filter(valued).map((change) => (
            <Change key={change.path} change={change} />
          ))}
          {bare.length ? <li className="soft">{t('clients.history.told', { what: bare.join(', ') })}</li> : null}
        </ul>
      ) : null}
    </div>
  )
}

function valued(change: FieldChange): boolean {
  return Boolean(change.before || change.after)
}

function Change({ change }: { change: FieldChange }) {
  const { t } = useTranslation()
  const { data: catalogue } = useCatalogue()
  const title = useAttributeTitle(catalogue)
  const key = change.path.split('.')[1] ?? change.path
  const dictionary = catalogue?.find((each) => each.key === key)?.dictionary ?? ''
  return (
    <li>
      <span className="soft">{title(key)}:</span>{' '}
      {change.before ? (
        <>
          <del>
            <Said value={change.before} dictionary={dictionary} />
          </del>
          {' → '}
        </>
      ) : null}
      {change.after ? (
        <Said value={change.after} dictionary={dictionary} />
      ) : change.before ? (
        t('clients.history.withdrawn')
      ) : null}
    </li>
  )
}

function Said({ value, dictionary }: { value: AttributeValue; dictionary: string }) {
  const text = useValueText()
  if (value.code && dictionary) return <TermWord dictionary={dictionary} code={value.code} />
  return <bdi className="wrap">{text(value)}</bdi>
}

/** Who saw the person and who did what to it. */
function Trail({ id }: { id: string }) {
  const { t, i18n } = useTranslation()
  const { day, number } = useFormat()
  const found = useTrail(id, true)
  const entries = found.data?.pages.flatMap((page) => page.items) ?? []
  const name = useColleagues(entries.map((entry) => entry.principal))
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} />
  if (found.isPending) return <Lines />
  if (!entries.length) return <Nothing text={t('clients.history.nobody')} />
  const said = (action: string) => {
    const key = `clients.history.actions.${action.replace('.', '-')}`
    return i18n.exists(key) ? t(key) : action
  }
  return (
    <section className="paper">
      {byDay(entries, (entry) => entry.time ?? '').map(({ day: date, things }) => (
        <div key={date} className="day">
          <h2>{day(date)}</h2>
          <ul>
            {things.map((entry) => (
              <li key={entry.id} className="entry">
                <Clock time={entry.time} />
                <span className="entry-what">
                  <span>
                    {name(entry.principal)}: {said(entry.action)}
                    {entry.subjects.length > 1 ? (
                      <span className="soft">
                        {' '}
                        {t('clients.history.among', {
                          count: entry.subjects.length,
                          number: number(entry.subjects.length),
                        })}
                      </span>
                    ) : null}
                  </span>
                  {entry.outcome === 'refused' ? <span className="bad">{t('clients.history.refused')}</span> : null}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {found.hasNextPage ? (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('clients.more')}
        </Button>
      ) : null}
    </section>
  )
}
