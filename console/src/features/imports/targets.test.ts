import { describe, expect, it } from 'vitest'
import type { Attribute, ColumnMapping } from '@/api/schema'
import { addedTargets, changedColumns, choiceOf, chosen, keepChoice, keptChoice, missingKeys, saysWho } from './targets'

const MAPPING: ColumnMapping[] = [
  { column: 'ФИО', target: 'full_name', origin: 'header' },
  { column: 'Телефон', target: 'phone', origin: 'remembered' },
  { column: 'Город', target: 'city', origin: 'content' },
  { column: 'Примечание', target: '', origin: '' },
]

describe('meanings of columns', () => {
  it('gives a meaning to one column alone', () => {
    const choice = chosen(choiceOf(MAPPING), 'Примечание', 'city')
    expect(choice).toMatchObject({ Город: '', Примечание: 'city' })
    expect(changedColumns(MAPPING, choice)).toEqual(['Город', 'Примечание'])
  })

  it('lets several columns hold phones', () => {
    expect(chosen(choiceOf(MAPPING), 'Примечание', 'phone')).toMatchObject({ Телефон: 'phone', Примечание: 'phone' })
  })

  it('takes a column out', () => {
    const choice = chosen(choiceOf(MAPPING), 'Город', '')
    expect(choice.Город).toBe('')
    expect(choice.Примечание).toBe('')
  })

  it('knows whether a row would be about somebody', () => {
    expect(saysWho(choiceOf(MAPPING))).toBe(true)
    expect(saysWho({ Город: 'city' })).toBe(false)
  })

  it('names what the source tells people apart by and the file lacks', () => {
    const choice = choiceOf(MAPPING)
    expect(missingKeys(['external_id'], choice)).toEqual(['external_id'])
    expect(missingKeys(['full_name', 'phone'], choice)).toEqual([])
    expect(missingKeys(['full_name'], { Фамилия: 'family_name' })).toEqual([])
    expect(missingKeys([], {})).toEqual([])
  })

  it('keeps choices until the file is read with them', () => {
    const choice = chosen(choiceOf(MAPPING), 'Город', '')
    keepChoice('a', choice)
    expect(keptChoice('a', MAPPING)).toEqual(choice)
    expect(keptChoice('a', [...MAPPING, { column: 'Другой', target: '', origin: '' }])).toBeNull()
    keepChoice('a', null)
    expect(keptChoice('a', MAPPING)).toBeNull()
  })

  it('offers what the catalogue adds for this kind of people', () => {
    const attribute = (key: string, more: Partial<Attribute> = {}): Attribute => ({
      key,
      title: key,
      type: 'text',
      personal_class: 'personal',
      ...more,
    })
    const catalogue = [
      attribute('city', { built_in: true }),
      attribute('hobby'),
      attribute('policy', { kinds: ['patient'] }),
    ]
    expect(addedTargets(catalogue, 'hcp').map((each) => each.key)).toEqual(['hobby'])
    expect(addedTargets(catalogue, 'patient').map((each) => each.key)).toEqual(['hobby', 'policy'])
  })
})
