/** Files of invented people and the sources they come from. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { asSystem, mark, settled } from './house'

/** What sets the people of this file apart, in letters that a name may have. */
export const family = `Пробн${[...mark].map((digit) => 'абвгдежзиклмнопр'[Number.parseInt(digit, 16)]).join('')}`

/** A table as people save it: semicolons and a mark of the encoding. */
export function sheet(...lines: readonly (readonly string[])[]): Buffer {
  return Buffer.from(`\ufeff${lines.map((cells) => cells.join(';')).join('\n')}\n`)
}

/** A file of doctors who agreed to letters, told apart by their addresses. */
export function doctors(given: readonly string[]): Buffer {
  const head = ['ФИО', 'E-mail', 'Специальность', 'Дата подписки']
  return sheet(
    head,
    ...given.map((name, place) => [`${family} ${name}`, `d${place}-${mark}@clinic.example`, 'кардиолог', '01.09.2025']),
  )
}

/** Declare a source of the base `main`, once; answers its title. */
export async function declared(key: string, more: Record<string, unknown> = {}): Promise<string> {
  const ask = await asSystem()
  const title = `Source ${key}`
  const known = (await ask('GET', '/v1/sources')).items.some((each: { key: string }) => each.key === key)
  if (!known) {
    await ask('POST', '/v1/sources', { key, title, base: 'main', kind: 'hcp', key_columns: ['email'], ...more })
  }
  return title
}

/** The consent that an opt-in of a source's file is. */
export const OPTED_IN = {
  confirms: ['email'],
  consent: { purpose: 'marketing', topic: 'newsletter', wording: 'newsletter-2023' },
}

/** A file of many invented people. */
function long(rows: number): Buffer {
  const lines = Array.from({ length: rows }, (_, place) => [
    `Длиннов${'абвгдежзик'[place % 10]} Анна${'лмнопрстуф'[Math.floor(place / 10) % 10]}`,
    `long${place}-${mark}@clinic.example`,
    place % 7 ? 'кардиолог' : 'кардолог',
    'Москва',
    `ГКБ № ${place % 90}`,
  ])
  return sheet(['ФИО', 'E-mail', 'Специальность', 'Город', 'Место работы'], ...lines)
}

/** Send a long file past the console, as of a source with this key; answers its import once it is read. */
export async function imported(key: string, rows: number): Promise<string> {
  const ask = await asSystem('main')
  await declared(key)
  const form = new FormData()
  form.append('source', key)
  form.append('kind', 'hcp')
  form.append('file', new Blob([new Uint8Array(long(rows))], { type: 'text/csv' }), 'long.csv')
  const begun = await ask('POST', '/v1/imports', form)
  const state = async () => (await ask('GET', `/v1/imports/${begun.import.id}`)).state
  await expect.poll(state, { timeout: 120_000, interval: 1000 }).toBe('ready')
  return begun.import.id
}

/** Choose a file and its source by hand, and leave the button to whoever asked. */
export async function chosen(page: Page, file: Buffer, title: string, name = 'people.csv'): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /Drop a file here/ }).click()
  await (await chooser).setFiles({ name, mimeType: 'text/csv', buffer: file })
  await page.getByRole('combobox', { name: 'Source' }).fill(title)
  await page.keyboard.press('Enter')
}

/** Wait until a file that was sent is read; answers its import's id. */
export async function read(page: Page): Promise<string> {
  await page.waitForURL(/\/base\/imports\/[0-9a-f-]{36}\/columns$/)
  await page.getByText('First rows').waitFor()
  await settled(page)
  return page.url().split('/').at(-2) ?? ''
}
