/** The cache of what the server said. What nobody could answer was asked again before it comes here (`client`). */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** Build the cache; `failed` hears of changes that were refused and that no form shows. */
export function queryClient(failed: (failure: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache({
      onError(failure, _variables, _context, mutation) {
        if (!mutation.meta?.shown) failed(failure)
      },
    }),
    defaultOptions: {
      queries: { retry: false, staleTime: 15_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
}

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** The form shows the refusal itself. */
      shown?: boolean
    }
  }
}
