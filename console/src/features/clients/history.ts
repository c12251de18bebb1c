/** What happened to a person, as it is told: events of one commit together, days of a reader. */
import type { ProvenanceEntry } from '@/api/schema'
import { today as dayOf } from '@/ui/people'

export interface Step {
  /** The commit. */
  id: string
  time: string
  entries: ProvenanceEntry[]
}

/** Return entries by their commit, in the order in which they came. */
export function stepsOf(entries: readonly ProvenanceEntry[]): Step[] {
  const found = new Map<string, Step>()
  for (const entry of entries) {
    const id = entry.id.slice(0, entry.id.lastIndexOf('.'))
    const step = found.get(id) ?? { id, time: entry.record_time ?? '', entries: [] }
    step.entries.push(entry)
    found.set(id, step)
  }
  return [...found.values()]
}

/** Return things of one day together, by the reader's zone, in the order in which they came. */
export function byDay<T>(things: readonly T[], timeOf: (thing: T) => string): { day: string; things: T[] }[] {
  const found: { day: string; things: T[] }[] = []
  for (const thing of things) {
    const day = dayOf(new Date(timeOf(thing)))
    const last = found.at(-1)
    if (last?.day === day) last.things.push(thing)
    else found.push({ day, things: [thing] })
  }
  return found
}

/** Return the last moment of a day in the reader's zone; of today the present one. */
export function endOfDay(day: string, now = new Date()): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const end = new Date(year, month - 1, date, 23, 59, 59, 999)
  // Asked again within a minute, the present moment is the same question.
  const present = new Date(Math.floor(now.getTime() / 60_000) * 60_000 + 59_999)
  return (end > present ? present : end).toISOString()
}
