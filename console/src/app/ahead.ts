/** What a screen may ask for before it is drawn: the answers are in the cache, or on their way, when it asks again. */
import type { QueryClient } from '@tanstack/react-query'
import type { Params } from 'react-router'

export type Ahead = (visit: {
  queries: QueryClient
  params: Params
  search: URLSearchParams
  /** Whether the role allows an action: what it does not is not asked for. */
  can(action: string): boolean
}) => void
