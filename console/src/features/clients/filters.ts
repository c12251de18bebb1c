/**
 * Filters of people: what the address says, and the rule that the server is asked by.
 *
 * The address carries codes and ids only; what is typed into the search never gets there. Values of one filter are
 * "any of", filters are "and"; specialty, position, organisation, region and city belong to one workplace, the three
 * parts of a consent to one consent.
 */
import type { Field } from '@/layouts/address'

export type Rule = Readonly<Record<string, unknown>>

const PLACE = ['specialty', 'position', 'organisation', 'region', 'city'] as const
const CONSENT = ['consent', 'consent_channel', 'consent_purpose'] as const
const KEYS = ['base', 'segment', 'status', 'kind', ...PLACE, 'channel', ...CONSENT] as const

export type FilterKey = (typeof KEYS)[number]
export type Filters = Readonly<Record<FilterKey, readonly string[]>>

/** A consent filter that no status of the ledger stands for: no word that allows it. */
export const ABSENT = 'absent'
/** Values that are the same everywhere; all others are found by the server. */
export const FIXED = {
  status: ['active', 'archived'],
  kind: ['hcp', 'patient', 'contact'],
  channel: ['email', 'sms', 'call', 'messenger', 'push'],
  consent: ['granted', 'refused', 'revoked', 'expired', ABSENT],
  consent_channel: ['email', 'sms', 'call', 'messenger', 'push'],
} as const satisfies Partial<Record<FilterKey, readonly string[]>>

const CODE = /^[\p{L}\p{N}][\p{L}\p{N}_.:-]{0,63}$/u

/** Codes as repeated parameters; what is no code, or not one of those on offer, is left out. */
function codes(allowed?: readonly string[]): Field<readonly string[]> {
  const fits = (text: string) => (allowed ? allowed.includes(text) : CODE.test(text))
  return { read: (texts) => [...new Set(texts)].filter(fits), write: (value) => value }
}

/** How each filter stands in the address. */
export const FIELDS = Object.fromEntries(
  KEYS.map((key) => [key, codes((FIXED as Partial<Record<FilterKey, readonly string[]>>)[key])]),
) as Record<FilterKey, Field<readonly string[]>>

/** One chip: filters that are taken off together. */
export type ChipKey = Exclude<FilterKey, 'consent_channel' | 'consent_purpose'>
const CHIPS = KEYS.filter((key): key is ChipKey => key !== 'consent_channel' && key !== 'consent_purpose')

/** Return the keys that stand behind a chip: a consent has three. */
export function partsOf(chip: ChipKey): readonly FilterKey[] {
  return chip === 'consent' ? CONSENT : [chip]
}

/** Return the chips that are on, in their order. */
export function chipsOf(filters: Filters): ChipKey[] {
  return CHIPS.filter((chip) => partsOf(chip).some((key) => filters[key].length > 0))
}

/** Return the rule of these filters; nothing when there is none (the server then shows active people). */
export function ruleOf(filters: Filters): Rule | undefined {
  const leaves: Rule[] = (['base', 'segment', 'status', 'kind'] as const)
    .filter((key) => filters[key].length)
    .map((key) => ({ [key]: filters[key] }))
  const place = PLACE.filter((key) => filters[key].length)
  if (place.length) leaves.push({ affiliation: Object.fromEntries(place.map((key) => [key, filters[key]])) })
  if (filters.channel.length) leaves.push({ has_channel: filters.channel })
  if (CONSENT.some((key) => filters[key].length)) leaves.push(consentRule(filters))
  return leaves.length ? { all: leaves } : undefined
}

function consentRule(filters: Filters): Rule {
  const about = {
    ...(filters.consent_channel.length ? { channel: filters.consent_channel } : {}),
    ...(filters.consent_purpose.length ? { purpose: filters.consent_purpose } : {}),
  }
  const told = filters.consent.filter((status) => status !== ABSENT)
  const absent = { none: [{ consent: { ...about, status: ['granted'] } }] }
  if (!filters.consent.includes(ABSENT)) return { consent: { ...about, status: told.length ? told : ['granted'] } }
  return told.length ? { any: [{ consent: { ...about, status: told } }, absent] } : absent
}
