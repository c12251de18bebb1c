/** What the server says of campaigns, and what may be asked of it. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Campaign, CampaignPatch, CampaignSettings, Profile } from '@/api/schema'
import { LONG } from '@/ui/known'
import { moving, type State, settling } from './state'

const LIVELY = 1000
const CALM = 15_000

const path = (id: string) => ({ path: { campaign: id } })

export interface Asked {
  state: readonly State[]
  segment: string
  token: string
  size: number
}

export function useCampaigns(asked: Asked) {
  return useQuery({
    queryKey: ['campaigns', 'list', asked],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/campaigns', {
          params: {
            query: {
              state: [...asked.state],
              segment: asked.segment,
              page_size: asked.size,
              page_token: asked.token,
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some((each) => moving(each.state)) ? 3000 : CALM),
  })
}

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/campaigns/{campaign}', { params: path(id), signal })),
  })

/** Its messages counted one by one. */
export const countsQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaign', id, 'counts'],
    queryFn: ({ signal }) => answer(api.GET('/v1/campaigns/{campaign}/counts', { params: path(id), signal })),
  })

/** Follow one campaign: every second while it moves. */
export function useCampaign(id: string) {
  return useQuery({
    ...campaignQuery(id),
    enabled: id !== '',
    refetchInterval: ({ state }) => (moving(state.data?.state) ? LIVELY : false),
  })
}

/** The check as it stands now: whom a launch would reach, what stands against it. */
export function useCheck(campaign: Campaign | null, enabled = true) {
  const id = campaign?.id ?? ''
  return useQuery({
    queryKey: ['campaign', id, 'check', campaign?.etag],
    queryFn: ({ signal }) => answer(api.POST('/v1/campaigns/{campaign}:check', { params: path(id), signal })),
    enabled: enabled && id !== '',
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
}

/** What the server holds now, beside what is being written here. */
export function useLatest(id: string) {
  return useQuery({
    queryKey: ['campaign', id, 'latest'],
    queryFn: ({ signal }) => answer(api.GET('/v1/campaigns/{campaign}', { params: path(id), signal })),
    gcTime: 0,
  })
}

/** Purposes or topics that people have consented to, with how many. */
export const consentedQuery = (field: 'consent_purpose' | 'consent_topic') =>
  queryOptions({
    queryKey: ['values', field, 'granted'],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/profiles:countValues', {
          body: { field, filter: { consent: { status: ['granted'] } }, limit: 100 },
          signal,
        }),
      ),
    staleTime: LONG,
  })

export function create(settings: CampaignSettings): Promise<Campaign> {
  return answer(api.POST('/v1/campaigns', { body: settings }))
}

/** Change a draft that nobody else has changed since `etag`; the cache then holds what the server made of it. */
export function useChange() {
  const queries = useQueryClient()
  return useMutation({
    meta: { shown: true },
    mutationFn: ({ campaign: { id, etag }, settings }: { campaign: Campaign; settings: CampaignPatch }) =>
      answer(
        api.PATCH('/v1/campaigns/{campaign}', {
          params: { ...path(id), header: { 'if-match': etag } },
          body: settings,
        }),
      ),
    onSuccess: (campaign) => queries.setQueryData(['campaign', campaign.id], campaign),
  })
}

type Verb = 'pause' | 'resume' | 'stop' | 'archive'

/** Pause, resume, stop or set aside; what is on the screen is what the server answered. */
export function useAct(id: string) {
  const queries = useQueryClient()
  return async (verb: Verb): Promise<Campaign> => {
    const campaign = await answer(
      verb === 'pause'
        ? api.POST('/v1/campaigns/{campaign}:pause', { params: path(id) })
        : verb === 'resume'
          ? api.POST('/v1/campaigns/{campaign}:resume', { params: path(id) })
          : verb === 'stop'
            ? api.POST('/v1/campaigns/{campaign}:stop', { params: path(id) })
            : api.POST('/v1/campaigns/{campaign}:archive', { params: path(id) }),
    )
    queries.setQueryData(['campaign', id], campaign)
    void queries.invalidateQueries({ queryKey: ['campaigns'] })
    return campaign
  }
}

export function copy(id: string, name: string): Promise<Campaign> {
  return answer(api.POST('/v1/campaigns/{campaign}:copy', { params: path(id), body: { name } }))
}

/** Launch what was checked: refused when somebody has changed it since. */
export function launch(campaign: Campaign) {
  return answer(
    api.POST('/v1/campaigns/{campaign}:launch', {
      params: { ...path(campaign.id), header: { 'if-match': campaign.etag } },
    }),
  )
}

export function useCounts(campaign: Campaign, enabled = true) {
  return useQuery({
    ...countsQuery(campaign.id),
    enabled,
    refetchInterval: settling(campaign) ? 3000 : CALM,
  })
}

export interface LogAsked {
  outcome: readonly string[]
  reason: string
  mark: string
  link: string
  bounce: '' | 'hard' | 'soft'
  unfinished: boolean
  token: string
  size: number
}

export function useMessages(id: string, asked: LogAsked, running: boolean) {
  return useQuery({
    queryKey: ['campaign', id, 'messages', asked],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/campaigns/{campaign}/messages', {
          params: {
            ...path(id),
            query: {
              page_size: asked.size,
              page_token: asked.token,
              ...(asked.outcome.length ? { outcome: [...asked.outcome] } : {}),
              ...(asked.reason ? { reason: [asked.reason] } : {}),
              ...(asked.mark ? { mark: asked.mark } : {}),
              ...(asked.link ? { link: Number(asked.link) } : {}),
              ...(asked.bounce ? { bounce_class: asked.bounce } : {}),
              ...(asked.unfinished ? { unfinished: true } : {}),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: running && asked.token === '' ? 3000 : false,
  })
}

/** Ask for the names of the people on a page, 500 at most. */
export async function namesOf(ids: readonly string[], signal: AbortSignal): Promise<Map<string, Profile>> {
  if (!ids.length) return new Map()
  const body = { ids: [...ids], fields: ['attributes' as const] }
  const found = await answer(api.POST('/v1/profiles:batchGet', { body, signal }))
  return new Map(found.profiles.map((each) => [each.id, each]))
}

/** Names of the people on a page. */
export function useNames(ids: readonly string[]) {
  return useQuery({
    queryKey: ['people', 'names', ids],
    queryFn: ({ signal }) => namesOf(ids, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
}

export function useReport(campaign: Campaign, step: 'day' | 'hour') {
  return useQuery({
    queryKey: ['campaign', campaign.id, 'report', step],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/campaigns/{campaign}/report', {
          params: { ...path(campaign.id), query: { step } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: settling(campaign) ? 3000 : 60_000,
  })
}
