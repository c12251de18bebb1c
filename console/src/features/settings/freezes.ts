/** What a declared period is at a moment, and what is sent to declare one. */
import type { Dayjs } from 'dayjs'
import type { Freeze, NewFreeze } from '@/api/schema'

export type FreezeState = 'standing' | 'coming' | 'lifted' | 'over'

export const SCOPES = ['publishing', 'imports', 'roles'] as const

/** How many that are over are shown. */
const PAST = 5

export function stateOf({ begin_time, end_time, lift_time }: Freeze, now: number): FreezeState {
  const at = (time: string | null | undefined) => (time ? Date.parse(time) : Number.NaN)
  if (lift_time) return 'lifted'
  if (at(end_time) <= now) return 'over'
  return at(begin_time) > now ? 'coming' : 'standing'
}

/** Return those that stand or come, the nearest first, and after them the last ones that are over. */
export function shownOf(freezes: readonly Freeze[], now: number): Freeze[] {
  const open = (each: Freeze) => ['standing', 'coming'].includes(stateOf(each, now))
  return [...freezes.filter(open).reverse(), ...freezes.filter((each) => !open(each)).slice(0, PAST)]
}

export interface FreezeFields {
  title: string
  /** Empty is now. */
  begin?: Dayjs | null
  end: Dayjs
  scopes: (typeof SCOPES)[number][]
}

export function freezeOf({ title, begin, end, scopes }: FreezeFields): NewFreeze {
  return { title: title.trim(), begin_time: begin?.toISOString() ?? null, end_time: end.toISOString(), scopes }
}
