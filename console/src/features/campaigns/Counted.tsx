/** The people whom a figure of a campaign's report counts: the figure opens them, as many as it says. */
import { answer, api } from '@/api/client'
import { BehindDrawer, BehindFigure, PAGE, type People } from '@/ui/Behind'
import { Moment } from '@/ui/words'
import { namesOf } from './queries'

export type Metric =
  | 'reached'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'unsubscribed'
  | 'complained'
  | 'converted'
  | 'returned'

interface Of {
  campaign: string
  metric: Metric
  /** What the figure counts, as the head of its list. */
  title: string
}

/** A figure that opens its people. */
export function Counted({ value, ...of }: Of & { value: number }) {
  return <BehindFigure value={value} {...behind(of)} />
}

export function CountedPeople({ open, close, ...of }: Of & { open: boolean; close(): void }) {
  return <BehindDrawer open={open} close={close} {...behind(of)} />
}

function behind({ campaign, metric, title }: Of) {
  return {
    title,
    of: [campaign, metric],
    ask: (token: string, signal: AbortSignal) => counted(campaign, metric, token, signal),
  }
}

/** Each page brings the names of its own people: however many pages are read, no request names more than a page. */
async function counted(campaign: string, metric: Metric, token: string, signal: AbortSignal): Promise<People> {
  const found = await answer(
    api.GET('/v1/campaigns/{campaign}/people', {
      params: { path: { campaign }, query: { metric, page_size: PAGE, page_token: token } },
      signal,
    }),
  )
  const names = await namesOf(
    found.items.map((each) => each.profile),
    signal,
  )
  const people = found.items.map(({ profile, time }) => ({
    id: profile,
    person: names.get(profile),
    note: (
      <small className="soft">
        <Moment time={time} />
      </small>
    ),
  }))
  return { people, total: found.total ?? people.length, following: found.next_page_token }
}
