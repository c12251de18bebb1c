/** What the clients' screens ask of the server, and what they let it do. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { SearchProfiles } from '@/api/schema'
import { atLeast, readClient } from './acts'
import type { Rule } from './filters'

type Order = NonNullable<SearchProfiles['order_by']>

/** What a list of people may be ordered by; an address may ask for anything. */
export const ORDERS: readonly Order[] = ['name', '-name', 'updated', '-updated']

export const PAGE = 50
const LONG = 10 * 60_000

export interface Asked {
  text: string
  rule: Rule | undefined
  order: string
  token: string
}

/** People that fit, a page of them, with their exact number; the page before stays until the next one is there. */
export function clientsQuery({ text, rule, order, token }: Asked) {
  const body: SearchProfiles = {
    ...(text ? { text } : {}),
    ...(rule ? { filter: rule as Record<string, never> } : {}),
    ...(order ? { order_by: order as Order } : {}),
    page_size: PAGE,
    page_token: token,
  }
  return queryOptions({
    queryKey: ['clients', body],
    queryFn: ({ signal }) => {
      return answer(api.POST('/v1/profiles:search', { body: { ...body, ...atLeast() }, signal }))
    },
  })
}

export function useClients(asked: Asked) {
  return useQuery({ ...clientsQuery(asked), placeholderData: keepPreviousData })
}

/** One person, now or as recorded up to a moment. */
export function useClient(id: string, asOf = '') {
  return useQuery({
    queryKey: ['client', id, 'card', asOf],
    queryFn: ({ signal }) => readClient(id, asOf, signal),
    enabled: id !== '',
    staleTime: asOf ? LONG : undefined,
  })
}

export function useConsents(id: string) {
  return useQuery({
    queryKey: ['client', id, 'consents'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/profiles/{profile}/consents', { params: { path: { profile: id } }, signal })),
  })
}

export function useMessages(id: string, token: string, size = PAGE) {
  return useQuery({
    queryKey: ['client', id, 'messages', size, token],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/messages', {
          params: { path: { profile: id }, query: { page_size: size, page_token: token } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export function useTimeline(id: string, kinds: readonly string[]) {
  return useInfiniteQuery({
    queryKey: ['client', id, 'timeline', kinds],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/timeline', {
          params: { path: { profile: id }, query: { page_size: PAGE, page_token: pageParam, kind: [...kinds] } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

/** Entries among which the last one of a person's own is looked for. */
const LOOKED_AT = 50

/** The last thing that a person did or was sent. */
export function useLatest(id: string) {
  return useQuery({
    queryKey: ['client', id, 'latest'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/timeline', {
          params: { path: { profile: id }, query: { page_size: 1 } },
          signal,
        }),
      ),
  })
}

/** When the person last did something, by a hand and not by a machine that opens what it scans. */
export function useLastAct(id: string) {
  return useQuery({
    queryKey: ['client', id, 'latest', 'own'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/timeline', {
          params: { path: { profile: id }, query: { page_size: LOOKED_AT, kind: ['activity', 'mark'] } },
          signal,
        }),
      ),
    select: ({ items }) => items.find((each) => !each.machine)?.time ?? null,
  })
}

export function useChanges(id: string) {
  return useInfiniteQuery({
    queryKey: ['client', id, 'provenance'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/provenance', {
          params: { path: { profile: id }, query: { page_size: PAGE, page_token: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
}

export function useTrail(id: string, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['client', id, 'audit'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/profiles/{profile}/audit', {
          params: { path: { profile: id }, query: { page_size: PAGE, page_token: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_page_token || undefined,
    enabled,
  })
}

/** The segments that a person is in. */
export function useMemberships(id: string) {
  return useQuery({
    queryKey: ['client', id, 'segments'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/profiles/{profile}/segments', { params: { path: { profile: id } }, signal })),
  })
}

/** Why a person is in a segment, leaf by leaf. */
export function useReasons(id: string, segment: string) {
  return useQuery({
    queryKey: ['client', id, 'reasons', segment],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/segments/{segment}:explain', { params: { path: { segment } }, body: { profile: id }, signal }),
      ),
  })
}

/** The person that a merge would make; nothing is written. */
export function useMerged(id: string, other: string) {
  return useQuery({
    queryKey: ['client', id, 'merged', other],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/profiles/{profile}:previewMerge', { params: { path: { profile: id } }, body: { other }, signal }),
      ),
    enabled: other !== '' && other !== id,
    staleTime: 0,
  })
}

export function useCampaignName(id: string): string | undefined {
  const { data } = useQuery({
    queryKey: ['campaign', id, 'name'],
    queryFn: () => answer(api.GET('/v1/campaigns/{campaign}', { params: { path: { campaign: id } } })),
    select: (campaign) => campaign.settings?.name,
    staleTime: LONG,
    enabled: id !== '',
    retry: false,
  })
  return data
}
