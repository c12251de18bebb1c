/** What is typed into the search of a list: kept while the tab lives, never in an address. */
import { useCallback, useState } from 'react'

const kept = new Map<string, string>()

/** Return what is typed into the search of a list. */
export function typedIn(list: string): string {
  return kept.get(list) ?? ''
}

/** Return what is typed into the search of a list, and how to type. */
export function useTyped(list: string): [text: string, type: (text: string) => void] {
  const [text, setText] = useState(() => typedIn(list))
  const type = useCallback(
    (next: string) => {
      kept.set(list, next)
      setText(next)
    },
    [list],
  )
  return [text, type]
}
