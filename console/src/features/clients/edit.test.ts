import { describe, expect, it } from 'vitest'
import type { Attribute, Profile } from '@/api/schema'
import { attributesFor, type Form, formOf, keptOf, patchOf, sidesOf, typed } from './edit'

const attribute = (key: string, type: Attribute['type'], kinds: string[] = []): Attribute => ({
  key,
  type,
  kinds,
  title: key,
  personal_class: 'none',
})
const CATALOGUE = [attribute('family_name', 'text'), attribute('city', 'code'), attribute('visits', 'number', ['hcp'])]
const base: Form = { attributes: { family_name: 'Орлова', city: 'omsk' }, contacts: [], affiliations: [] }
const golden = (text: string, source = 'registry') => ({
  value: { text },
  source,
  record: '',
  pinned: false,
  others: [],
})

it('fills a form with golden values and with what is the console’s own', () => {
  const point = { record: '', standing: '' }
  const known = {
    attributes: { family_name: golden('Орлова') },
    contacts: [
      { ...point, kind: 'email', value: 'a@x.example', source: 'registry' },
      { ...point, kind: 'phone', value: '+79160000000', source: 'console' },
    ],
    affiliations: [{ organisation_name: 'Клиника', specialty: '', record: 'r', source: 'console' }],
  } as unknown as Profile
  expect(formOf(known)).toEqual({
    attributes: { family_name: 'Орлова' },
    contacts: [{ kind: 'phone', value: '+79160000000' }],
    affiliations: [{ organisation_name: 'Клиника' }],
  })
})

it('shows attributes of the kind alone', () => {
  expect(attributesFor('patient', CATALOGUE).map((each) => each.key)).toEqual(['family_name', 'city'])
})

it('writes values by their type', () => {
  expect(typed('number', ' 3 ')).toEqual({ number: 3 })
  expect(typed('flag', 'false')).toEqual({ flag: false })
  expect(typed('date', '1980-02-29')).toEqual({ date: '1980-02-29' })
  expect(typed('text', '  ')).toBeNull()
})

describe('a change', () => {
  it('is nothing when nothing changed, spaces apart', () => {
    const form = { ...base, attributes: { ...base.attributes, family_name: ' Орлова ' } }
    expect(patchOf(base, form, CATALOGUE)).toBeNull()
  })
  it('names only what was changed; an emptied value is withdrawn', () => {
    const form: Form = {
      attributes: { family_name: 'Соколова', city: '' },
      contacts: [{ kind: 'email', value: ' s@x.example ' }],
      affiliations: [{ specialty: 'therapy', city: '' }, {}],
    }
    expect(patchOf(base, form, CATALOGUE)).toEqual({
      attributes: { family_name: { text: 'Соколова' }, city: null },
      contacts: [{ kind: 'email', value: 's@x.example' }],
      affiliations: [{ specialty: 'therapy' }],
    })
  })
})

describe('a stale edit', () => {
  const patch = { attributes: { family_name: { text: 'Соколова' }, city: { code: 'tula' } } }
  const theirs: Form = { ...base, attributes: { family_name: 'Орлова', city: 'moscow' } }

  it('clashes where both changed the same to something else', () => {
    expect(sidesOf(patch, base, theirs)).toEqual([
      { path: 'attributes.family_name', before: 'Орлова', mine: 'Соколова', theirs: 'Орлова', clash: false },
      { path: 'attributes.city', before: 'omsk', mine: 'tula', theirs: 'moscow', clash: true },
    ])
  })
  it('keeps what was chosen', () => {
    expect(keptOf(patch, ['attributes.city'])).toEqual({ attributes: { city: { code: 'tula' } } })
    expect(keptOf(patch, [])).toBeNull()
  })
})
