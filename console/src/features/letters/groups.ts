/** Groups of addresses that tests go to: kept by the server as views, shared with everybody who works here. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { SavedView } from '@/api/schema'

const SCREEN = 'test-groups'
const KEY = ['views', SCREEN]

export interface Group {
  id: string
  name: string
  addresses: readonly string[]
  /** Whether it is one's own, to change and to drop. */
  own: boolean
}

/** Read a group; what is no list of addresses is left out. */
export function groupOf(view: Pick<SavedView, 'id' | 'name' | 'state' | 'own'>): Group {
  const held: unknown = view.state?.addresses
  const addresses = Array.isArray(held) ? held.filter((each): each is string => typeof each === 'string') : []
  return { id: view.id, name: view.name, addresses, own: view.own }
}

export function useGroups(enabled: boolean) {
  const queries = useQueryClient()
  const found = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => answer(api.GET('/v1/views', { params: { query: { screen: SCREEN } }, signal })),
    enabled,
  })
  const renew = () => queries.invalidateQueries({ queryKey: KEY })
  return {
    groups: (found.data?.items ?? []).map(groupOf),
    failure: found.error,
    keep: (name: string, addresses: readonly string[]) =>
      answer(
        api.POST('/v1/views', { body: { screen: SCREEN, name, shared: true, state: { addresses: [...addresses] } } }),
      ).then(renew),
    change: (id: string, addresses: readonly string[]) =>
      answer(
        api.PATCH('/v1/views/{view}', {
          params: { path: { view: id } },
          body: { state: { addresses: [...addresses] } },
        }),
      ).then(renew),
    drop: (id: string) => answer(api.DELETE('/v1/views/{view}', { params: { path: { view: id } } })).then(renew),
  }
}
