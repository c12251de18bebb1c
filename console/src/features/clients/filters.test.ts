import { describe, expect, it } from 'vitest'
import { chipsOf, FIELDS, type FilterKey, type Filters, partsOf, ruleOf } from './filters'

const KEYS = Object.keys(FIELDS) as FilterKey[]
const read = (query: string) => {
  const search = new URLSearchParams(query)
  return Object.fromEntries(KEYS.map((key) => [key, FIELDS[key].read(search.getAll(key))])) as Filters
}
const filters = (some: Partial<Filters>): Filters => ({ ...read(''), ...some })

describe('filters in an address', () => {
  it('come back as they were written', () => {
    const asked = filters({ base: ['main'], specialty: ['cardiology', 'therapy'], consent: ['absent'] })
    const search = new URLSearchParams()
    for (const key of KEYS) for (const text of FIELDS[key].write(asked[key])) search.append(key, text)
    expect(read(search.toString())).toEqual(asked)
  })
  it('forget what is no code and what nobody offers', () => {
    const found = read('status=erased&status=active&base=&base=main&base=main&city=<img>&channel=fax')
    expect(found).toEqual(filters({ status: ['active'], base: ['main'] }))
  })
})

describe('the rule of filters', () => {
  it('is nothing without filters', () => {
    expect(ruleOf(filters({}))).toBeUndefined()
  })
  it('keeps the parts of a workplace together', () => {
    expect(ruleOf(filters({ specialty: ['cardiology'], city: ['moscow', 'omsk'] }))).toEqual({
      all: [{ affiliation: { specialty: ['cardiology'], city: ['moscow', 'omsk'] } }],
    })
  })
  it('joins filters by "and"', () => {
    expect(ruleOf(filters({ base: ['main'], status: ['archived'], channel: ['sms'], segment: ['s1'] }))).toEqual({
      all: [{ base: ['main'] }, { segment: ['s1'] }, { status: ['archived'] }, { has_channel: ['sms'] }],
    })
  })
  it('asks for a granted consent unless told otherwise', () => {
    expect(ruleOf(filters({ consent_channel: ['email'] }))).toEqual({
      all: [{ consent: { channel: ['email'], status: ['granted'] } }],
    })
  })
  it('knows people without any consent', () => {
    expect(ruleOf(filters({ consent: ['absent'], consent_purpose: ['marketing'] }))).toEqual({
      all: [{ none: [{ consent: { purpose: ['marketing'], status: ['granted'] } }] }],
    })
    expect(ruleOf(filters({ consent: ['revoked', 'absent'] }))).toEqual({
      all: [{ any: [{ consent: { status: ['revoked'] } }, { none: [{ consent: { status: ['granted'] } }] }] }],
    })
  })
})

it('makes one chip of the three parts of a consent', () => {
  expect(chipsOf(filters({ consent: ['granted'], consent_channel: ['email'], base: ['main'] }))).toEqual([
    'base',
    'consent',
  ])
  expect(partsOf('consent')).toContain('consent_purpose')
})
