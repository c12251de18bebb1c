/** The cache of what the server said, and how often an answer is asked for again. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

const ATTEMPTS = 3

function worthRepeating(count: number, failure: unknown): boolean {
  return failure instanceof Problem && failure.passing && count < ATTEMPTS
}

/** Milliseconds until the next attempt: half a second, one, two. */
function pause(count: number): number {
  return Math.min(500 * 2 ** count, 4000)
}

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
      queries: { retry: worthRepeating, retryDelay: pause, staleTime: 15_000, refetchOnWindowFocus: true },
      mutations: { retry: worthRepeating, retryDelay: pause },
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
