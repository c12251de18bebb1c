/**
 * An edit of a person: a card as a form holds it, what was changed in it, and what happens when somebody else was quicker.
 *
 * The form shows golden values and writes what the console says: a changed value becomes the console's word, an emptied
 * one is withdrawn. Contacts and workplaces are edited where they are the console's own; the others belong to their
 * sources.
 */
import type { Affiliation, AffiliationInput, Attribute, AttributeValue, PatchProfile, Profile } from '@/api/schema'
import { plain } from '@/ui/people'

export const CONSOLE = 'console'

export interface Point {
  kind: string
  value: string
}

export interface Form {
  /** Raw values by attribute key; empty is none. */
  attributes: Record<string, string>
  contacts: Point[]
  affiliations: AffiliationInput[]
  /** In whose base it is known; said by whoever works in all of them. */
  base?: string
}

const PLACE = [
  'organisation',
  'organisation_name',
  'specialty',
  'position',
  'role',
  'schedule',
  'city',
  'region',
  'start_date',
  'end_date',
] as const

/** Return the attributes that a card of this kind has, as the catalogue orders them. */
export function attributesFor(kind: string, catalogue: readonly Attribute[]): Attribute[] {
  return catalogue.filter((each) => !each.kinds?.length || each.kinds.includes(kind))
}

/** Return a raw value as the attribute's type has it; nothing for an empty one. */
export function typed(type: Attribute['type'], raw: string): AttributeValue | null {
  const text = raw.trim()
  if (text === '') return null
  if (type === 'number') return { number: Number(text) }
  if (type === 'flag') return { flag: text === 'true' }
  return { [type]: text }
}

/** Return a workplace as it is sent, without what only the server says. */
export function placeOf(known: Affiliation | AffiliationInput): AffiliationInput {
  return Object.fromEntries(PLACE.flatMap((key) => (known[key] ? [[key, known[key]]] : [])))
}

/** Fill a form from a card. */
export function formOf(profile: Profile): Form {
  const attributes = Object.entries(profile.attributes).map(([key, golden]) => [key, plain(golden.value)])
  return {
    attributes: Object.fromEntries(attributes),
    contacts: profile.contacts
      .filter((contact) => contact.source === CONSOLE)
      .map(({ kind, value }) => ({ kind, value })),
    affiliations: profile.affiliations.filter((place) => place.source === CONSOLE).map(placeOf),
  }
}

/** Return what a form changes of a card; nothing when it changes nothing. */
export function patchOf(base: Form, form: Form, catalogue: readonly Attribute[]): PatchProfile | null {
  const attributes: Record<string, AttributeValue | null> = {}
  for (const attribute of catalogue) {
    const key = attribute.key ?? ''
    const raw = (form.attributes[key] ?? '').trim()
    if (raw !== (base.attributes[key] ?? '')) attributes[key] = typed(attribute.type, raw)
  }
  const patch: PatchProfile = {}
  if (Object.keys(attributes).length) patch.attributes = attributes as PatchProfile['attributes']
  const contacts = form.contacts.map(({ kind, value }) => ({ kind, value: value.trim() })).filter((each) => each.value)
  if (!same(contacts, base.contacts)) patch.contacts = contacts
  const places = form.affiliations.map(placeOf).filter((place) => Object.keys(place).length)
  if (!same(places, base.affiliations)) patch.affiliations = places
  return Object.keys(patch).length ? patch : null
}

/** One field on both sides of a stale edit. */
export interface Sides {
  /** `contacts`, `affiliations`, or an attribute's key after `attributes.`. */
  path: string
  before: unknown
  mine: unknown
  theirs: unknown
  /** Both changed it, and differently. */
  clash: boolean
}

/** Lay what I changed beside what became of it meanwhile. */
export function sidesOf(patch: PatchProfile, base: Form, theirs: Form): Sides[] {
  const side = (path: string, before: unknown, mine: unknown, now: unknown): Sides => ({
    path,
    before,
    mine,
    theirs: now,
    clash: !same(before, now) && !same(mine, now),
  })
  const found = Object.entries(patch.attributes ?? {}).map(([key, value]) =>
    side(`attributes.${key}`, base.attributes[key] ?? '', plain(value), theirs.attributes[key] ?? ''),
  )
  if (patch.contacts) found.push(side('contacts', base.contacts, patch.contacts, theirs.contacts))
  if (patch.affiliations) {
    found.push(side('affiliations', base.affiliations, patch.affiliations, theirs.affiliations))
  }
  return found
}

/** Return the part of a change that somebody chose to keep; nothing when that is nothing. */
export function keptOf(patch: PatchProfile, paths: readonly string[]): PatchProfile | null {
  const attributes = Object.entries(patch.attributes ?? {}).filter(([key]) => paths.includes(`attributes.${key}`))
  const kept: PatchProfile = {}
  if (attributes.length) kept.attributes = Object.fromEntries(attributes)
  if (patch.contacts && paths.includes('contacts')) kept.contacts = patch.contacts
  if (patch.affiliations && paths.includes('affiliations')) kept.affiliations = patch.affiliations
  return Object.keys(kept).length ? kept : null
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
