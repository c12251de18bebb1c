/** Two or more people side by side: what they have in common and what tells them apart, row by row. */
import type { MatchCandidate, Profile } from '@/api/schema'
import { plain } from '@/ui/people'

/** `same`: all who have a value have this one; `differs`: there are several; `alone`: one of them has it. */
export type Likeness = 'same' | 'differs' | 'alone'

export interface Line {
  key: string
  likeness: Likeness
  /** Values by person, in the order of the case; several for contact points and workplaces. */
  values: readonly (readonly string[])[]
}

const FIRST = ['family_name', 'given_name', 'patronymic', 'birth_date', 'sex', 'city', 'region']

/** Compare the attributes of a case: those that differ first, names before the rest. */
export function attributesOf({ profiles, equal, differing }: MatchCandidate): Line[] {
  const keys = [...new Set(profiles.flatMap((person) => Object.keys(person.attributes)))]
  const lines = keys.map((key) => {
    const values = profiles.map((person) => {
      const text = plain(person.attributes[key]?.value)
      return text ? [text] : []
    })
    const holders = values.filter((each) => each.length > 0).length
    const likeness: Likeness = differing.includes(key)
      ? 'differs'
      : holders > 1 && equal.includes(key)
        ? 'same'
        : likenessOf(values)
    return { key, likeness, values }
  })
  return lines.sort((a, b) => rank(a.key) - rank(b.key) || a.key.localeCompare(b.key))
}

function rank(key: string): number {
  const place = FIRST.indexOf(key)
  return place < 0 ? FIRST.length : place
}

/** Compare contact points of one kind. */
export function contactsOf(profiles: readonly Profile[], kind: string): Line {
  const values = profiles.map((person) =>
    person.contacts.filter((contact) => contact.kind === kind).map((contact) => contact.value),
  )
  return { key: kind, likeness: likenessOf(values), values }
}

/** Return kinds of contact points that somebody of the case has. */
export function kindsOf(profiles: readonly Profile[]): string[] {
  return [...new Set(profiles.flatMap((person) => person.contacts.map((contact) => contact.kind)))].sort()
}

function likenessOf(values: readonly (readonly string[])[]): Likeness {
  const held = values.filter((each) => each.length > 0)
  if (held.length < 2) return 'alone'
  const first = held[0] ?? []
  return first.some((value) => held.every((each) => each.includes(value))) ? 'same' : 'differs'
}

/** Return the values that everybody who has any shares. */
export function sharedOf(line: Line): ReadonlySet<string> {
  const held = line.values.filter((each) => each.length > 0)
  return new Set(held.length < 2 ? [] : (held[0] ?? []).filter((value) => held.every((each) => each.includes(value))))
}
