/** A figure that counts people and opens them: as many as it says, by name, a page at a time. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { PersonName } from './PersonName'
import { Shape } from './Shape'
import { Failure, Nothing } from './states'
import { Figure } from './words'

export const PAGE = 50

/** One page of the people behind a figure. */
export interface People {
  people: readonly { id: string; person?: Pick<Profile, 'attributes'>; note: ReactNode }[]
  total: number
  following: string
}

export interface Behind {
  /** What the figure counts, as the head of its list. */
  title: string
  /** Names the question in the cache. */
  of: readonly unknown[]
  ask(token: string, signal: AbortSignal): Promise<People>
  /** The same people as a list of clients. */
  to?: string
}

/** The figure; plain for whoever may not see the people, and when there are none. */
export function BehindFigure({ value, sign = '', ...behind }: Behind & { value: number; sign?: string }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const may = useMay('profiles.read')
  const [open, setOpen] = useState(false)
  if (!may || value === 0) {
    return (
      <>
        {value === 0 ? '' : sign}
        <Figure value={value} />
      </>
    )
  }
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
      <BehindDrawer {...behind} open={open} close={() => setOpen(false)} />
    </>
  )
}

/** The people alone, opened by somebody else, such as a bar of a chart. */
export function BehindDrawer({ open, close, ...behind }: Behind & { open: boolean; close(): void }) {
  return (
    <Drawer open={open} onClose={close} size={480} title={behind.title} destroyOnHidden>
      <Listed {...behind} />
    </Drawer>
  )
}

function Listed({ of, ask, to }: Behind) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const found = useInfiniteQuery({
    queryKey: ['people', 'behind', ...of],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    getNextPageParam: (page) => page.following || undefined,
  })
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} small />
  if (!found.data) return <Shape rows={10} />
  const people = found.data.pages.flatMap((page) => page.people)
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
        {people.map(({ id, person, note }) => (
          <li key={id}>
            {person ? <PersonName person={person} to={`/clients/${id}`} /> : <span className="soft">…</span>}
            {note}
          </li>
        ))}
      </ul>
      {found.error ? <Failure failure={found.error} again={() => void found.fetchNextPage()} small /> : null}
      {found.hasNextPage && !found.error ? (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t('people.more')}
        </Button>
      ) : null}
    </div>
  )
}
