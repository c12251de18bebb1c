/** What dictionaries ask of the server and change there. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Term } from '@/api/schema'

export function useDictionaries() {
  return useQuery({ queryKey: ['dictionaries'], queryFn: () => answer(api.GET('/v1/dictionaries')) })
}

export function useFoundTerms(dictionary: string, text: string, page: { size: number; token: string }) {
  return useQuery({
    queryKey: ['terms', dictionary, 'page', text, page],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/dictionaries/{dictionary}:search', {
          params: { path: { dictionary } },
          body: { text, page_size: page.size, page_token: page.token },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

/** Add a term, or replace the one of its code. */
export function usePutTerm(dictionary: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Term) =>
      answer(api.POST('/v1/dictionaries/{dictionary}:put', { params: { path: { dictionary } }, body })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['terms', dictionary] })
      await queries.invalidateQueries({ queryKey: ['dictionaries'] })
    },
    meta: { shown: true },
  })
}
