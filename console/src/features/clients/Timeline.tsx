/** What a person did and was sent, newest first, by days. */
import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import type { TimelineEntry } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { one, useAddress } from '@/layouts/address'
import { OutcomeWithReason } from '@/ui/messages'
import { Failure, Nothing } from '@/ui/states'
import { Label } from '@/ui/words'
import { Clock } from './Clock'
import { byDay } from './history'
import { Lines } from './Lines'
import { CampaignLink } from './Messages'
import { useTimeline } from './queries'

const KINDS = ['all', 'activity', 'message', 'mark'] as const
const ADDRESS = { kind: one('all') }

export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  const { values, set } = useAddress(ADDRESS)
  const kind = KINDS.find((each) => each === values.kind) ?? 'all'
  const found = useTimeline(id, kind === 'all' ? [] : [kind])
  const entries = found.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="stack">
      <Segmented
        aria-label={t('clients.timeline.filter')}
        value={kind}
        onChange={(next) => set({ kind: next })}
        options={KINDS.map((each) => ({ value: each, label: t(`clients.timeline.kinds.${each}`) }))}
      />
      {found.error && !found.data ? (
        <Failure failure={found.error} again={() => void found.refetch()} />
      ) : found.isPending ? (
        <Lines />
      ) : entries.length === 0 ? (
        <Nothing text={t('clients.timeline.none')} />
      ) : (
        <section className="paper">
          {byDay(entries, (entry) => entry.time ?? '').map(({ day: date, things }) => (
            <div key={date} className="day">
              <h2>{day(date)}</h2>
              <ul>
                {things.map((entry) => (
                  <Entry key={entry.id} entry={entry} />
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
      )}
    </div>
  )
}

function Entry({ entry }: { entry: TimelineEntry }) {
  return (
    <li className={`entry entry-${entry.kind}`}>
      <Clock time={entry.time} />
      <span className="entry-what">
        <EntryWhat entry={entry} />
      </span>
    </li>
  )
}

/** What happened, in words. */
export function EntryWhat({ entry }: { entry: TimelineEntry }) {
  const { t, i18n } = useTranslation()
  const activity = `clients.activities.${entry.name}`
  const properties = Object.entries(entry.properties)
  return (
    <>
      {entry.kind === 'activity' ? (
        <span>{i18n.exists(activity) ? t(activity) : entry.name}</span>
      ) : entry.kind === 'mark' ? (
        <span className={`mark-${entry.name}`}>{t(`messages.marks.${entry.name}`, entry.name)}</span>
      ) : (
        <OutcomeWithReason message={{ state: 'done', outcome: entry.name as never, reason: entry.reason }} />
      )}
      {entry.campaign ? <CampaignLink id={entry.campaign} /> : null}
      {entry.channel ? <span className="soft">{t(`people.channels.${entry.channel}`, entry.channel)}</span> : null}
      {entry.machine ? <Label>{t('clients.timeline.machine')}</Label> : null}
      {properties.length ? (
        <span className="soft">{properties.map(([key, value]) => `${key}: ${value}`).join(' · ')}</span>
      ) : null}
    </>
  )
}
