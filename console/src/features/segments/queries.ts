/** What the screens of segments ask the server. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { ReachTerms } from '@/api/schema'
import type { Rule } from './rule'

export const SAMPLE = 20

export function useSegment(id: string) {
  return useQuery({
    queryKey: ['segments', 'one', id],
    queryFn: () => answer(api.GET('/v1/segments/{segment}', { params: { path: { segment: id } } })),
    enabled: id !== '',
  })
}

/** Count a rule: people, reach and losses per channel, a sample, the sentence. The count before stays until it comes. */
export function usePreview(rule: Rule | null, terms: ReachTerms) {
  return useQuery({
    queryKey: ['segments', 'preview', rule, terms],
    queryFn: ({ signal }) =>
      answer(api.POST('/v1/segments:preview', { body: { rule: rule ?? {}, sample: SAMPLE, terms }, signal })),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  })
}

/** Return people by their ids, thin: for samples. */
export function usePeople(ids: readonly string[]) {
  return useQuery({
    queryKey: ['people', ids],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/profiles:batchGet', { body: { ids: [...ids], fields: ['attributes', 'affiliations'] }, signal }),
      ),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
}

/** How many campaigns use each of these segments. */
export function useCampaignCounts(ids: readonly string[]) {
  return useQuery({
    queryKey: ['segments', 'campaigns', ids],
    queryFn: async ({ signal }) =>
      (await answer(api.POST('/v1/campaigns:countBySegment', { body: { segments: [...ids] }, signal }))).counts,
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  })
}
