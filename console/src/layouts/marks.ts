/** What is marked in a list, for as long as the question is the same: nobody acts on what is not in the list. */
import { useState } from 'react'

export function useMarks(question: string): [readonly string[], (ids: readonly string[]) => void] {
  const [marks, mark] = useState<{ question: string; ids: readonly string[] }>({ question, ids: [] })
  return [marks.question === question ? marks.ids : [], (ids) => mark({ question, ids })]
}
