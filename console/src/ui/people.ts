/** What a person is called and how one can be written to: pure readings of a profile, the same on every screen. */
import type { AttributeValue, Consent, Profile } from '@/api/schema'

type Known = Pick<Profile, 'attributes'>
type Affiliation = Profile['affiliations'][number]
type ContactPoint = Profile['contacts'][number]

export type Channel = 'email' | 'sms' | 'call' | 'messenger' | 'push'

/** Why a channel is open or shut; the first that holds, in this order. */
export type Standing = 'reachable' | 'no-contact' | 'bounced' | 'blocked' | 'refused' | 'no-consent'

export interface Reach {
  channel: Channel
  standing: Standing
  /** The address that speaks for the standing. */
  contact?: ContactPoint
  /** What for, when it is reachable. */
  purposes: readonly string[]
}

/** Kind of contact point that a channel needs. */
export const CONTACT_OF: Readonly<Record<Channel, string>> = {
  email: 'email',
  sms: 'phone',
  call: 'phone',
  messenger: 'messenger',
  push: 'push',
}

export const CHANNELS = Object.keys(CONTACT_OF) as readonly Channel[]

const NAME_PARTS = ['family_name', 'given_name', 'patronymic'] as const
const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

/** Return an attribute's golden value as plain text; empty when there is none. */
export function plain(value: AttributeValue | null | undefined): string {
  if (!value) return ''
  const known = value.text ?? value.code ?? value.date ?? value.number ?? value.flag
  return known === null || known === undefined ? '' : String(known)
}

/** Return family name, given name and patronymic; empty when none is known. */
export function fullName(person: Known): string {
  return NAME_PARTS.map((key) => plain(person.attributes[key]?.value))
    .filter(Boolean)
    .join(' ')
}

/** Return a text that cannot turn its surroundings round, whatever marks of direction it carries. */
export function isolated(text: string): string {
  return FIRST_STRONG_ISOLATE + text + POP_ISOLATE
}

/** Write an address as people do: a Russian or Kazakh phone in groups, everything else as it is. */
export function writtenContact(kind: string, value: string): string {
  const parts = kind === 'phone' ? /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(value) : null
  return parts ? `+7 ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}` : value
}

/** Return a day of the reader's zone as YYYY-MM-DD; the present one when none is given. */
export function today(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

/** Tell whether a workplace lasts on a day, given as YYYY-MM-DD. */
export function lasts(place: Affiliation, today: string): boolean {
  return (!place.start_date || place.start_date <= today) && (!place.end_date || place.end_date >= today)
}

/** Return the workplace to show first: one that lasts, then one whose organisation is known, else as the server orders. */
export function mainWorkplace(places: readonly Affiliation[], today: string): Affiliation | undefined {
  const weight = (place: Affiliation) =>
    (lasts(place, today) ? 4 : 0) + (place.organisation_name ? 2 : 0) + (place.specialty ? 1 : 0)
  return places.reduce<Affiliation | undefined>(
    (best, place) => (best && weight(best) >= weight(place) ? best : place),
    undefined,
  )
}

/** Return how each channel stands: those that everybody has, and others where there is an address. */
export function reachOf(person: Pick<Profile, 'contacts' | 'consents'>): Reach[] {
  return CHANNELS.filter((channel) =>
    channel !== 'push' && channel !== 'messenger' ? true : held(person.contacts, channel).length > 0,
  ).map((channel) => standing(channel, held(person.contacts, channel), person.consents))
}

function held(contacts: readonly ContactPoint[], channel: Channel): ContactPoint[] {
  return contacts.filter((contact) => contact.kind === CONTACT_OF[channel])
}

function standing(channel: Channel, contacts: readonly ContactPoint[], consents: readonly Consent[]): Reach {
  const first = contacts[0]
  if (!first) return { channel, standing: 'no-contact', purposes: [] }
  const of = (contact: ContactPoint) =>
    consents.filter(
      (consent) =>
        consent.key?.channel === channel &&
        consent.key.contact_kind === contact.kind &&
        consent.key.contact_value === contact.value,
    )
  const usable = contacts.filter((contact) => contact.standing !== 'blocked' && !contact.bounce_time)
  for (const contact of usable) {
    const purposes = of(contact)
      .filter((consent) => consent.status === 'granted')
      .map((consent) => consent.key?.purpose ?? '')
    if (purposes.length) return { channel, standing: 'reachable', contact, purposes: [...new Set(purposes)] }
  }
  if (!usable.length) {
    const bounced = contacts.find((contact) => contact.bounce_time)
    return { channel, standing: bounced ? 'bounced' : 'blocked', contact: bounced ?? first, purposes: [] }
  }
  const against = usable.find((contact) => of(contact).length > 0)
  return { channel, standing: against ? 'refused' : 'no-consent', contact: against ?? usable[0], purposes: [] }
}
