/** The steward's queue: what waits, how much is decided, and the decisions. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { MatchCandidate } from '@/api/schema'
import { useActs } from '@/features/clients/acts'

const AT_ONCE = 20

/** Cases that wait, newest first, a page at a time. */
export function useCases(on: boolean) {
  return useInfiniteQuery({
    queryKey: ['doubles', 'open'],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/match-candidates', {
          params: { query: { state: 'open', page_size: AT_ONCE, page_token: pageParam } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_page_token || undefined,
    enabled: on,
  })
}

/** How many cases somebody decided, one way or the other. */
export function useDecided(on: boolean) {
  return useQuery({
    queryKey: ['doubles', 'decided'],
    queryFn: async ({ signal }) => {
      const counts = await Promise.all(
        (['accepted', 'rejected'] as const).map((state) =>
          answer(api.GET('/v1/match-candidates', { params: { query: { state, page_size: 1 } }, signal })),
        ),
      )
      return counts.reduce((sum, each) => sum + each.total, 0)
    },
    enabled: on,
  })
}

export interface Decision {
  found: MatchCandidate
  /** Whose id stays; absent when they are different people. */
  survivor?: string
}

export function useDecide() {
  const queries = useQueryClient()
  const { accept } = useActs()
  return useMutation({
    mutationFn: ({ found, survivor }: Decision) => {
      const others = found.profiles.map((person) => person.id).filter((id) => id !== survivor)
      return survivor
        ? accept(found.id, survivor, others)
        : answer(api.POST('/v1/match-candidates/{candidate}:reject', { params: { path: { candidate: found.id } } }))
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['doubles'] }),
  })
}

/** Take a join back: its people are two again, and known as different. */
export function usePart() {
  const queries = useQueryClient()
  const { unmerge } = useActs()
  return useMutation({
    mutationFn: async ({ survivor, others }: { survivor: string; others: readonly string[] }) => {
      for (const other of others) await unmerge(survivor, other)
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['doubles'] }),
  })
}
