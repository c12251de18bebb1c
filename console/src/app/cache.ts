/** The one cache of what the server said, there before anything is drawn, so that what will be needed is asked for at once. */
import { queryClient } from '@/api/query'

// The cache outlives a change of language; a failure is told in the language of its moment.
let tell = (_failure: unknown): void => {}

export const queries = queryClient((failure) => tell(failure))

/** Say how changes that were refused, and that no form shows, are told. */
export function tellBy(next: (failure: unknown) => void): void {
  tell = next
}
