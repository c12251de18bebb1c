/** What an installation knows and rarely changes: its attributes, bases and sources; each asked for in this one place. */
import { useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Base } from '@/api/schema'

/** Milliseconds that such answers stay good. */
export const LONG = 10 * 60_000

const items = <T>(page: { items: T[] }): T[] => page.items

/** Every attribute that can be known of a person. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['attributes'],
    queryFn: () => answer(api.GET('/v1/attributes')),
    staleTime: LONG,
    select: items,
  })
}

/** The bases that the present workspace sees; none while they are asked for. */
export function useBases(): readonly Base[] {
  const { data } = useQuery({
    queryKey: ['bases'],
    queryFn: () => answer(api.GET('/v1/bases')),
    staleTime: LONG,
    select: items,
  })
  return data ?? NONE
}
const NONE: readonly Base[] = []

/** Return the title of a base by its key, those of the reader's other workspaces too. */
export function useBaseTitle(): (key: string) => string {
  const { data } = useQuery({
    queryKey: ['bases', 'mine'],
    queryFn: () => answer(api.GET('/v1/bases', { params: { query: { mine: true } } })),
    staleTime: LONG,
    select: items,
  })
  return (key) => data?.find((base) => base.key === key)?.title ?? key
}

/** Where records come from. */
export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: () => answer(api.GET('/v1/sources')),
    staleTime: LONG,
    select: items,
  })
}
