import { describe, expect, it } from 'vitest'
import { filled, incomplete, type Leaf, pathOf, ruleOf, termsOf, treeOf } from './rule'

const PAEDIATRICIANS = {
  all: [
    { affiliation: { specialty: ['paediatrics'], organisation: ['03cd'], current: true } },
    { consent: { controller: ['main'], purpose: ['marketing'], channel: ['email'], status: ['granted'] } },
    {
      any: [
        { attribute: 'degree', op: 'in', value: ['candidate'] },
        { attribute: 'degree', op: 'is_missing' },
      ],
    },
    { none: [{ segment: ['d97c'] }, { has_channel: ['sms'] }] },
    { status: ['active'] },
  ],
}

describe('a rule in the builder', () => {
  it('comes back as it was', () => {
    expect(ruleOf(treeOf(PAEDIATRICIANS))).toEqual(PAEDIATRICIANS)
  })

  it('says single codes as lists, which mean the same', () => {
    expect(ruleOf(treeOf({ affiliation: { specialty: 'paediatrics' } }))).toEqual({
      all: [{ affiliation: { specialty: ['paediatrics'] } }],
    })
  })

  it('keeps what is not filled in from the server, and counts it', () => {
    const tree = treeOf(PAEDIATRICIANS)
    const wider = { ...tree, rules: [...tree.rules, { field: 'affiliation', operator: 'fits', value: {} } as Leaf] }
    expect(ruleOf(wider)).toEqual(PAEDIATRICIANS)
    expect(incomplete(wider)).toBe(1)
  })

  it.each([
    [{ field: 'attribute.birth_date', operator: 'between', value: ['1980-01-01', ''] }, false],
    [{ field: 'attribute.birth_date', operator: 'between', value: ['1980-01-01', '1990-01-01'] }, true],
    [{ field: 'attribute.degree', operator: 'is_missing', value: '' }, true],
    [{ field: 'attribute.beds', operator: 'equals', value: 0 }, true],
    [{ field: 'status', operator: 'any_of', value: [] }, false],
    [{ field: 'affiliation', operator: 'fits', value: { current: true } }, true],
  ])('knows whether a leaf says something: %j', (leaf, whole) => {
    expect(filled(leaf as Leaf)).toBe(whole)
  })

  it('counts reach for the consent that the rule names', () => {
    expect(termsOf(treeOf(PAEDIATRICIANS))).toEqual({ controller: 'main', purpose: 'marketing', topic: undefined })
    expect(termsOf(treeOf({ all: [] }))).toEqual({})
  })

  it('finds the node that the server blames', () => {
    expect(pathOf('/rule/all/2/any/1/value')).toEqual([2, 1])
    expect(pathOf('/rule/all/0/attribute')).toEqual([0])
  })
})
