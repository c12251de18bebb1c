/**
 * Pages that the server gives one after another by tokens.
 *
 * Promise: back leads through the pages one came by; another question (`key`) begins at the first page; whoever opens a
 * card and returns finds the page as it was. A token may hold what people are sorted by, so it stays out of addresses.
 */
import { useCallback, useState } from 'react'

const kept = new Map<string, readonly string[]>()
const LIMIT = 50

/** What the foot of a list turns pages by. */
export interface Turn {
  size: number
  index: number
  more: boolean
  next(): void
  back(): void
}

export interface Pages {
  /** What to ask for now; empty for the first page. */
  token: string
  /** Place of the page, from 0. */
  index: number
  /** Turn pages of a size, on to the page that the last answer names, if it names one. */
  turn(size: number, following: string | undefined): Turn
}

/** Return what to ask for to see the page of a question that was left; empty for the first. */
export function tokenOf(key: string): string {
  return kept.get(key)?.at(-1) ?? ''
}

/** Keep the way through pages of one question, such as `clients:status=active&order=name`. */
export function usePages(key: string): Pages {
  const [now, setNow] = useState(() => ({ key, way: kept.get(key) ?? [] }))
  // Another question: its own way, at once, so that nothing is asked with a foreign token.
  const way = now.key === key ? now.way : (kept.get(key) ?? [])
  const go = useCallback(
    (next: readonly string[]) => {
      kept.delete(key)
      kept.set(key, next)
      if (kept.size > LIMIT) kept.delete(kept.keys().next().value ?? '')
      setNow({ key, way: next })
    },
    [key],
  )
  return {
    token: way.at(-1) ?? '',
    index: way.length,
    turn: (size, following = '') => ({
      size,
      index: way.length,
      more: following !== '',
      next: () => go([...way, following]),
      back: () => go(way.slice(0, -1)),
    }),
  }
}
