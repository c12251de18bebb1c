import { expect, it } from 'vitest'
import { fieldsOf, termOf } from './terms'

const MOSCOW = {
  code: 'moscow',
  names: { ru: 'Москва', en: 'Moscow', kk: 'Мәскеу' },
  synonyms: ['МСК'],
  parent: 'ru-mow',
  time_zone: 'Europe/Moscow',
}

it('comes back as it went', () => {
  expect(termOf(fieldsOf(MOSCOW), MOSCOW)).toEqual(MOSCOW)
})

it('keeps names in languages that the form does not show', () => {
  const fields = { ...fieldsOf(MOSCOW), names: { ru: 'Москва', en: 'Moscow' } }
  expect(termOf(fields, MOSCOW).names?.kk).toBe('Мәскеу')
})

it('drops what is empty and what is said twice', () => {
  const made = termOf({ code: ' lor ', names: { ru: ' ЛОР ', en: '' }, synonyms: ['лор', ' лор', ''] })
  expect(made).toEqual({ code: 'lor', names: { ru: 'ЛОР' }, synonyms: ['лор'] })
})
