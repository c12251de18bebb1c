/**
 * What a column may be taken as, and the choice of it by hand.
 *
 * Promise: a meaning that may be given once is taken from the column that had it; contact points may have several
 * columns; what the catalogue adds stands beside the built-in meanings.
 */
import type { Attribute, ColumnMapping } from '@/api/schema'

export interface Group {
  key: string
  targets: readonly string[]
}

export const GROUPS: readonly Group[] = [
  { key: 'record', targets: ['external_id', 'observed_at'] },
  { key: 'name', targets: ['full_name', 'family_name', 'given_name', 'patronymic'] },
  { key: 'contact', targets: ['email', 'phone'] },
  {
    key: 'workplace',
    targets: [
      'organisation',
      'specialty',
      'position',
      'role',
      'schedule',
      'workplace_city',
      'workplace_region',
      'starts_on',
      'ends_on',
    ],
  },
  {
    key: 'attribute',
    targets: ['sex', 'birth_date', 'degree', 'experience_since', 'city', 'region', 'language'],
  },
  { key: 'consent', targets: ['opt_in_date', 'opt_out_date'] },
]

const BUILT_IN = new Set(GROUPS.flatMap((group) => group.targets))
const REPEATABLE = new Set(['email', 'phone'])
const WHO = ['full_name', 'family_name', 'email', 'phone', 'external_id']

/** Return the attributes that the catalogue adds for a kind of people. */
export function addedTargets(catalogue: readonly Attribute[], kind: string): Attribute[] {
  return catalogue.filter(
    (each) =>
      each.key && !BUILT_IN.has(each.key) && !each.built_in && (!each.kinds?.length || each.kinds.includes(kind)),
  )
}

/** Take a column as something else; answers all choices by column. */
export function chosen(
  choice: Readonly<Record<string, string>>,
  column: string,
  target: string,
): Record<string, string> {
  const next: Record<string, string> = { ...choice }
  if (target && !REPEATABLE.has(target)) {
    for (const [other, its] of Object.entries(next)) if (its === target) next[other] = ''
  }
  next[column] = target
  return next
}

/** Return the choices that the server has, by column. */
export function choiceOf(mapping: readonly ColumnMapping[]): Record<string, string> {
  return Object.fromEntries(mapping.map((each) => [each.column, each.target]))
}

/** Return the columns whose meaning was changed. */
export function changedColumns(mapping: readonly ColumnMapping[], choice: Readonly<Record<string, string>>): string[] {
  return mapping.filter((each) => (choice[each.column] ?? each.target) !== each.target).map((each) => each.column)
}

/** Whether some column says who a row is about. */
export function saysWho(choice: Readonly<Record<string, string>>): boolean {
  return Object.values(choice).some((target) => WHO.includes(target))
}

const NAMES = ['full_name', 'family_name']

/** Return what a source tells its people apart by and no column holds; none when every row can be told. */
export function missingKeys(keyColumns: readonly string[], choice: Readonly<Record<string, string>>): string[] {
  const held = new Set(Object.values(choice))
  const has = (key: string) => (key === 'full_name' ? NAMES.some((each) => held.has(each)) : held.has(key))
  // One of several keys is enough to tell a row, as the server reads it.
  return keyColumns.some(has) ? [] : [...keyColumns]
}

const place = (id: string) => `import:${id}:columns`

/** Keep choices that the file was not read with yet, so that a look elsewhere loses nothing. */
export function keepChoice(id: string, choice: Readonly<Record<string, string>> | null): void {
  if (choice) sessionStorage.setItem(place(id), JSON.stringify(choice))
  else sessionStorage.removeItem(place(id))
}

/** Return the kept choices; `null` when there are none that fit the columns. */
export function keptChoice(id: string, mapping: readonly ColumnMapping[]): Record<string, string> | null {
  const text = sessionStorage.getItem(place(id))
  if (!text) return null
  const kept = JSON.parse(text) as Record<string, string>
  return mapping.every((each) => each.column in kept) ? kept : null
}
