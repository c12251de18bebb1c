import { describe, expect, it } from 'vitest'
import type { MatchCandidate, Profile } from '@/api/schema'
import { attributesOf, contactsOf, kindsOf, sharedOf } from './compare'

function person(attributes: Record<string, string>, contacts: [string, string][] = []): Profile {
  return {
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, text]) => [
        key,
        { value: { text }, source: '', record: '', pinned: false, others: [] },
      ]),
    ),
    contacts: contacts.map(([kind, value]) => ({ kind, value, record: '', source: '', standing: 'sole' })),
  } as unknown as Profile
}

function found(profiles: Profile[], equal: string[] = [], differing: string[] = []): MatchCandidate {
  return {
    id: '1',
    reason: 'ambiguous-name',
    key_kind: 'phone',
    state: 'open',
    profiles,
    equal,
    differing,
    principal: '',
  }
}

describe('a case', () => {
  it('shows names first, then the rest by key', () => {
    const lines = attributesOf(
      found([person({ degree: 'a', given_name: 'b', family_name: 'c' }), person({ age: 'd' })]),
    )
    expect(lines.map((line) => line.key)).toEqual(['family_name', 'given_name', 'age', 'degree'])
  })

  it('says what they share, what differs and what one alone has', () => {
    const one = person({ family_name: 'Орлов', given_name: 'Иван', sex: 'male' })
    const other = person({ family_name: 'Орлов', given_name: 'Илья' })
    const lines = attributesOf(found([one, other], ['family_name', 'sex'], ['given_name']))
    expect(Object.fromEntries(lines.map((line) => [line.key, line.likeness]))).toEqual({
      family_name: 'same',
      given_name: 'differs',
      sex: 'alone',
    })
  })

  it('finds the shared contact point among others', () => {
    const one = person({}, [
      ['phone', '+79160000001'],
      ['phone', '+79160000002'],
      ['email', 'a@b.example'],
    ])
    const other = person({}, [['phone', '+79160000002']])
    expect(kindsOf([one, other])).toEqual(['email', 'phone'])
    const phones = contactsOf([one, other], 'phone')
    expect(phones.likeness).toBe('same')
    expect([...sharedOf(phones)]).toEqual(['+79160000002'])
    expect(contactsOf([one, other], 'email').likeness).toBe('alone')
  })
})
