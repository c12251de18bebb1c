/** The people behind a figure that no saved list stands for: found by the rule and the reach it was counted with. */
import { answer, api } from '@/api/client'
import type { ReachFilter } from '@/api/schema'
import { BehindFigure, PAGE, type People } from './Behind'
import { mainWorkplace, today } from './people'

interface Found {
  /** The rule of segments that they fit. */
  rule: Readonly<Record<string, unknown>>
  /** How they stand to a channel. */
  reach?: ReachFilter
}

interface Props extends Found {
  title: string
  value: number
  sign?: string
  /** The same people as a list of clients. */
  to?: string
}

export function PeopleBehind({ rule, reach, ...figure }: Props) {
  return (
    <BehindFigure {...figure} of={[rule, reach]} ask={(token, signal) => fitting({ rule, reach }, token, signal)} />
  )
}

async function fitting({ rule, reach }: Found, token: string, signal: AbortSignal): Promise<People> {
  const found = await answer(
    api.POST('/v1/profiles:search', {
      body: {
        filter: rule as Record<string, never>,
        ...(reach ? { reach } : {}),
        order_by: 'name',
        page_size: PAGE,
        page_token: token,
        fields: ['attributes', 'affiliations'],
      },
      signal,
    }),
  )
  const now = today()
  const people = found.items.map((person) => ({
    id: person.id,
    person,
    note: <bdi className="soft cut">{mainWorkplace(person.affiliations, now)?.organisation_name}</bdi>,
  }))
  return { people, total: found.total, following: found.next_page_token }
}
