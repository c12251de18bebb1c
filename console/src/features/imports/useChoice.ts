import { useMemo, useState } from 'react'
import type { Import } from '@/api/schema'
import { useMay } from '@/app/session'
import { changedColumns, choiceOf, chosen, keepChoice, keptChoice } from './targets'

export interface Choice {
  /** Meaning by column, as it is on the screen. */
  choice: Readonly<Record<string, string>>
  /** Columns that are taken otherwise than the file was read with. */
  changed: readonly string[]
  /** Absent when nothing can be changed any more. */
  choose?(column: string, target: string): void
  reset(): void
}

/** Choose what columns are taken as; choices are kept until the file is read with them. */
export function useChoice(found: Import): Choice {
  const may = useMay('imports.edit') && found.state === 'ready'
  const [own, setOwn] = useState(() => keptChoice(found.id, found.mapping))
  const choice = useMemo(() => own ?? choiceOf(found.mapping), [own, found.mapping])
  const put = (next: Record<string, string> | null) => {
    keepChoice(found.id, next)
    setOwn(next)
  }
  return {
    choice,
    changed: may ? changedColumns(found.mapping, choice) : [],
    choose: may ? (column, target) => put(chosen(choice, column, target)) : undefined,
    reset: () => put(null),
  }
}
