/** The people whom a figure of a campaign's report counts: the figure opens them, as many as it says. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { PersonName } from '@/ui/PersonName'
import { Shape } from '@/ui/Shape'
import { Failure, Nothing } from '@/ui/states'
import { Figure, Moment } from '@/ui/words'
import { useNames } from './queries'

const PAGE = 50

export type Metric =
  | 'reached'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'unsubscribed'
  | 'complained'
  | 'converted'
  | 'returned'

interface Behind {
  campaign: string
  metric: Metric
  /** What the figure counts, as the head of its list. */
  title: string
}

/** A figure that opens its people; plain for whoever may not see them, and when there are none. */
export function Counted({ value, ...behind }: Behind & { value: number }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const may = useMay('profiles.read')
  const [open, setOpen] = useState(false)
  if (!may || value === 0) return <Figure value={value} />
  return (
    <>
      <button
        type="button"
        className="people-door figure"
        aria-label={`${behind.title}: ${number(value)}`}
        title={t('people.behind')}
        onClick={() => setOpen(true)}
      >
        {number(value)}
      </button>
      <CountedPeople {...behind} open={open} close={() => setOpen(false)} />
    </>
  )
}

export function CountedPeople({ open, close, ...behind }: Behind & { open: boolean; close(): void }) {
  return (
    <Drawer open={open} onClose={close} size={480} title={behind.title} destroyOnHidden>
      <People {...behind} />
    </Drawer>
  )
}

function People({ campaign, metric }: Behind) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const found = useInfiniteQuery({
    queryKey: ['campaign', campaign, 'people', metric],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/campaigns/{campaign}/people', {
          params: { path: { campaign }, query: { metric, page_size: PAGE, page_token: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
  const people = found.data?.pages.flatMap((page) => page.items) ?? []
  const names = useNames(people.map((each) => each.profile))
  const total = found.data?.pages[0]?.total ?? 0
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} small />
  if (!found.data) return <Shape rows={10} />
  if (!people.length) return <Nothing text={t('people.nobodyNow')} />
  return (
    <div className="stack">
      <span className="soft figure" role="status">
        {t('people.count', { count: total, number: number(total) })}
      </span>
      <ul className="behind-people">
        {people.map((each) => {
          const person = names.data?.get(each.profile)
          return (
            <li key={each.profile}>
              {person ? (
                <PersonName person={person} to={`/clients/${each.profile}`} />
              ) : (
                <span className="soft">…</span>
              )}
              <small className="soft">
                <Moment time={each.time} />
              </small>
            </li>
          )
        })}
      </ul>
      {found.hasNextPage ? (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('people.more')}
        </Button>
      ) : null}
    </div>
  )
}
