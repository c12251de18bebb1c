import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { declared, imported, read, sheet } from './files'
import { accessible } from './fits'
import { addresses, asSystem, mark, type Seat, seat, settled } from './house'

const HOSTILE = '<img src=x onerror=alert(1)>'

/** A file with what people really send: typing errors, unknown words, an empty row, and a cell that would like to run. */
function messy(rows = 30): Buffer {
  const digits = (place: number) => `${Date.now()}`.slice(-9, -4) + String(10 + place)
  const lines = Array.from({ length: rows }, (_, place) => {
    const name = place === 2 ? `${HOSTILE} Иванов` : `Пробный${'абвгдежзиклмн'[place % 12]} Анна Петровна`
    const mail = place % 3 === 0 ? `p${place}-${mark}@gmial.com` : `p${place}-${mark}@clinic.example`
    const specialty = place % 4 === 0 ? 'кардолог-знахарь' : 'кардиолог'
    return place === 4 ? ['', '', '', '', ''] : [name, `8916${digits(place)}`, mail, specialty, HOSTILE]
  })
  return sheet(['ФИО', 'Телефон', 'E-mail', 'Специальность', 'Примечание'], ...lines)
}

let title = ''

async function begun(): Promise<Seat> {
  title = await declared(`import-${mark}`, { key_columns: ['full_name', 'phone'] })
  return seat()
}

/** Press Tab until something has the focus, as somebody without a mouse would. */
async function reach(page: Page, role: string, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role as 'button', { name }).first()
  await wanted.waitFor()
  for (let presses = 0; presses < 80; presses += 1) {
    if (
      await wanted.evaluate((element) => element === document.activeElement || element.contains(document.activeElement))
    )
      return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${role} ${name}`)
}

async function send(page: Page): Promise<string> {
  // Asked for well before: the browser must know that the chooser is not to be shown.
  const chooser = page.waitForEvent('filechooser')
  await reach(page, 'button', /Drop a file here/)
  await page.keyboard.press('Enter')
  await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: messy() })
  await reach(page, 'combobox', 'Source')
  await page.keyboard.type(title)
  await page.keyboard.press('Enter')
  await reach(page, 'button', 'Send and read')
  await page.keyboard.press('Enter')
  return read(page)
}

describe('an import', () => {
  it('is done by keyboard alone, from the file to the people', async () => {
    const { page, go, close } = await begun()
    await go('/base/imports/new')
    await accessible(page)
    const id = await send(page)
    await accessible(page)

    await reach(page, 'button', 'Check the rows')
    await page.keyboard.press('Enter')
    await page.getByRole('grid').waitFor()
    await settled(page)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    expect(await page.getByText(HOSTILE, { exact: true }).count()).toBeGreaterThan(0)
    await accessible(page)

    // The first finding is a mistyped address: one key takes what was meant.
    await page.keyboard.press('n')
    await page.getByText('It looks mistyped.').waitFor()
    await page.keyboard.press('a')
    await page.getByRole('gridcell', { name: `p0-${mark}@gmail.com` }).waitFor()

    // A specialty that no dictionary has is mended wherever the same is written.
    await page.keyboard.press('ArrowRight')
    await page.getByText('The dictionary has no such word.').waitFor()
    await page.keyboard.press('e')
    await page.keyboard.type('кардиолог')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/rows corrected/).waitFor()

    // Whoever leaves finds it where it was.
    await go('/base/imports')
    await page.getByRole('link', { name: title }).first().click()
    await page.waitForURL(`${addresses.gateway}/base/imports/${id}/rows`)

    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('link', { name: /29 people/ }).waitFor()
    await settled(page)
    await accessible(page)
    await page.getByRole('button', { name: 'Write 29 rows' }).click()
    await page.waitForURL(/\/result$/)
    await page.getByText('All is written').first().waitFor()

    await page.getByRole('link', { name: /29 people/ }).click()
    await page
      .getByRole('link', { name: /The person of row/ })
      .first()
      .waitFor()
    await close()
  })

  it('is read again with another meaning of a column, without a second upload', async () => {
    const { page, go, close } = await begun()
    await go('/base/imports/new')
    await send(page)
    await page.getByRole('combobox', { name: /Специальность/ }).click()
    await page.keyboard.type('Left out')
    await page.keyboard.press('Enter')
    await page.getByText('1 column is changed.').waitFor()
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText('1 column is changed.').waitFor({ state: 'detached' })
    await page.getByText('chosen by you').first().waitFor()
    // What was found in that column is found no more; the other findings stand.
    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('n')
    await page.getByText('It looks mistyped.').waitFor()
    await page.getByRole('columnheader', { name: 'Специальность' }).waitFor()
    expect(await page.locator('.look-wrong, .look-doubt').filter({ hasText: 'знахарь' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Discard the file' }).click()
    await page.getByRole('button', { name: 'Destroy the file and its rows' }).click()
    await page.getByText('The file was dropped').waitFor()
    await close()
  })

  it('is stopped while it writes: what is written stays, and the rest is written later', {
    timeout: 240_000,
  }, async () => {
    const rows = 8000
    const { page, go, close } = await begun()
    const id = await imported(`stop-${mark}`, rows)
    await go(`/base/imports/${id}/trial`)
    const write = page.getByRole('button', { name: /^Write / })
    await expect.poll(() => write.isEnabled(), { timeout: 120_000 }).toBe(true)
    await write.click()
    await page.getByRole('button', { name: 'Stop', exact: true }).click({ timeout: 60_000 })
    await page.getByText('Writing was stopped').waitFor({ timeout: 60_000 })
    await settled(page)
    await accessible(page)
    const ask = await asSystem('main')
    const stopped = await ask('GET', `/v1/imports/${id}`)
    expect(stopped.state).toBe('cancelled')
    expect(stopped.counts.created).toBeLessThan(rows)
    // What is not written is looked at row by row, and the way back leads to the result.
    await page.getByRole('listitem').filter({ hasText: 'not written yet' }).getByRole('link').click()
    await page.waitForURL(/\/rows\?state=pending$/)
    await page.getByRole('grid').waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Try it' }).click()
    await expect.poll(() => write.isEnabled(), { timeout: 120_000 }).toBe(true)
    await write.click()
    await page.getByText('All is written').first().waitFor({ timeout: 120_000 })
    const { counts } = await ask('GET', `/v1/imports/${id}`)
    expect([counts.rows, counts.refused]).toEqual([rows, 0])
    await close()
  })

  it('says how good the file was, and opens the rows behind each number', async () => {
    const { page, go, close } = await begun()
    await go('/base/imports/new')
    const id = await send(page)
    await go(`/base/imports/${id}/quality`)
    await page.getByText('Columns in figures').waitFor()
    await accessible(page)
    await page
      .getByRole('row', { name: /Специальность/ })
      .getByRole('link')
      .first()
      .click()
    await page.waitForURL(/\/rows\?column=/)
    await page.getByRole('grid').waitFor()
    await close()
  })
})

describe('dictionaries', () => {
  it('find a term by another spelling', async () => {
    const { page, go, close } = await begun()
    await go('/base/dictionaries?name=specialties')
    await page.keyboard.press('/')
    await page.keyboard.type('аллерголог')
    await page.getByRole('row', { name: /Allergology/ }).waitFor()
    await settled(page)
    await accessible(page)
    await close()
  })
})
