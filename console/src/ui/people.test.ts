import { describe, expect, it } from 'vitest'
import type { Consent, Profile } from '@/api/schema'
import { fullName, isolated, mainWorkplace, plain, reachOf, writtenContact } from './people'

type Place = Profile['affiliations'][number]
type Contact = Profile['contacts'][number]

const place = (known: Partial<Place>): Place => ({
  organisation: '',
  organisation_name: '',
  specialty: '',
  position: '',
  role: '',
  schedule: '',
  city: '',
  region: '',
  start_date: '',
  end_date: '',
  record: '',
  source: '',
  ...known,
})
const email = (value: string, more: Partial<Contact> = {}): Contact => ({
  kind: 'email',
  value,
  record: '',
  source: '',
  standing: 'sole',
  ...more,
})
const consent = (value: string, status: Consent['status'], purpose = 'marketing'): Consent => ({
  key: { controller: 'main', purpose, channel: 'email', topic: '*', contact_kind: 'email', contact_value: value },
  status,
  record: '',
})
const value = (text: string) => ({ value: { text }, source: '', record: '', pinned: false, others: [] })

describe('a name', () => {
  it('is family, given, patronymic, without what is not known', () => {
    expect(fullName({ attributes: { patronymic: value('Ильич'), family_name: value('Орлов') } })).toBe('Орлов Ильич')
    expect(fullName({ attributes: {} })).toBe('')
  })
  it('cannot turn a sentence round', () => {
    expect(isolated('\u202Eabc')).toBe('\u2068\u202Eabc\u2069')
  })
})

it('reads whatever case a value has', () => {
  expect(plain({ flag: false })).toBe('false')
  expect(plain({ number: 0 })).toBe('0')
  expect(plain({ text: null, code: 'male' })).toBe('male')
  expect(plain(null)).toBe('')
})

it('writes a phone in groups and leaves the rest', () => {
  expect(writtenContact('phone', '+79161234567')).toBe('+7 916 123-45-67')
  expect(writtenContact('phone', '+998901234567')).toBe('+998901234567')
  expect(writtenContact('email', 'a@b.example')).toBe('a@b.example')
})

it('shows first a workplace that lasts, then one with a name', () => {
  const gone = place({ organisation_name: 'Старая', end_date: '2020-01-01' })
  const bare = place({ specialty: 'cardiology' })
  const named = place({ organisation_name: 'Клиника' })
  expect(mainWorkplace([gone, bare, named], '2026-11-22')).toBe(named)
  expect(mainWorkplace([gone], '2026-11-22')).toBe(gone)
  expect(mainWorkplace([], '2026-11-22')).toBeUndefined()
})

describe('reach', () => {
  const of = (contacts: Contact[], consents: Consent[] = []) => reachOf({ contacts, consents })[0]

  it('is open with a consent for that very address', () => {
    const found = of([email('a@x.example'), email('b@x.example')], [consent('b@x.example', 'granted')])
    expect(found).toMatchObject({ standing: 'reachable', contact: { value: 'b@x.example' }, purposes: ['marketing'] })
  })
  it('says why it is shut', () => {
    expect(of([])?.standing).toBe('no-contact')
    expect(of([email('a@x.example')])?.standing).toBe('no-consent')
    expect(of([email('a@x.example')], [consent('a@x.example', 'revoked')])?.standing).toBe('refused')
    const gone = email('a@x.example', { bounce_time: '2026-01-01T00:00:00Z' })
    expect(of([gone], [consent('a@x.example', 'granted')])?.standing).toBe('bounced')
    expect(of([email('a@x.example', { standing: 'blocked' })])?.standing).toBe('blocked')
  })
  it('speaks of push and messengers only where there is an address', () => {
    expect(reachOf({ contacts: [], consents: [] }).map((each) => each.channel)).toEqual(['email', 'sms', 'call'])
    const push: Contact = { ...email('t'), kind: 'push' }
    expect(reachOf({ contacts: [push], consents: [] }).map((each) => each.channel)).toContain('push')
  })
})
