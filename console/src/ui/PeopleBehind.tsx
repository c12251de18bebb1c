/** The people behind a figure that no saved list stands for: found by the rule and the reach it was counted with. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import type { ReachFilter } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { PersonName } from './PersonName'
import { mainWorkplace, today } from './people'
import { Shape } from './Shape'
import { Failure, Nothing } from './states'
import { Figure } from './words'

const PAGE = 50

interface Behind {
  /** What the figure counts, as the head of its list. */
  title: string
  /** The rule of segments that they fit. */
  rule: Readonly<Record<string, unknown>>
  /** How they stand to a channel. */
  reach?: ReachFilter
  /** The same people as a list of clients. */
  to?: string
}

/** A figure that opens its people; plain for whoever may not see them, and when there are none. */
export function PeopleBehind({ value, sign = '', ...behind }: Behind & { value: number; sign?: string }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const may = useMay('profiles.read')
  const [open, setOpen] = useState(false)
  if (!may || value === 0)
    return (
      <>
        {value === 0 ? '' : sign}
        <Figure value={value} />
      </>
    )
  return (
    <>
      <button
        type="button"
        className="people-door figure"
        aria-label={`${behind.title}: ${number(value)}`}
        title={t('people.behind')}
        onClick={() => setOpen(true)}
      >
        {sign}
        {number(value)}
      </button>
      <Drawer open={open} onClose={() => setOpen(false)} size={480} title={behind.title} destroyOnHidden>
        <People {...behind} />
      </Drawer>
    </>
  )
}

function People({ rule, reach, to }: Behind): ReactNode {
  const { t } = useTranslation()
  const { number } = useFormat()
  const found = useInfiniteQuery({
    queryKey: ['people', 'behind', rule, reach],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.POST('/v1/profiles:search', {
          body: {
            filter: rule as Record<string, never>,
            ...(reach ? { reach } : {}),
            order_by: 'name',
            page_size: PAGE,
            page_token: pageParam,
            fields: ['attributes', 'affiliations'],
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
  const now = today()
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} small />
  if (!found.data) return <Shape rows={10} />
  const people = found.data.pages.flatMap((page) => page.items)
  const total = found.data.pages[0]?.total ?? 0
  if (!people.length) return <Nothing text={t('people.nobodyNow')} />
  return (
    <div className="stack">
      <div className="row">
        <span className="soft figure" role="status">
          {t('people.count', { count: total, number: number(total) })}
        </span>
        {to ? <Link to={to}>{t('people.asList')}</Link> : null}
      </div>
      <ul className="behind-people">
        {people.map((each) => (
          <li key={each.id}>
            <PersonName person={each} to={`/clients/${each.id}`} />
            <bdi className="soft cut">{mainWorkplace(each.affiliations, now)?.organisation_name}</bdi>
          </li>
        ))}
      </ul>
      {found.hasNextPage ? (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('people.more')}
        </Button>
      ) : null}
    </div>
  )
}
