import { deflateSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { asSystem, newMark, seat, settled } from './house'

/** A grey picture as PNG: four by two pixels of the largest grey there is room for. */
function picture(): Buffer {
  const table = Array.from({ length: 256 }, (_, place) => {
    let value = place
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
    return value >>> 0
  })
  const sum = (bytes: Buffer) => {
    let value = 0xffffffff
    for (const byte of bytes) value = (table[(value ^ byte) & 255] as number) ^ (value >>> 8)
    return (value ^ 0xffffffff) >>> 0
  }
  const chunk = (name: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), body])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(body.length)
    frame.writeUInt32BE(sum(named), 4)
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
  }
  const head = Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 8, 2, 0, 0, 0])
  const rows = Buffer.alloc((4 * 3 + 1) * 2, 0x88)
  rows[0] = 0
  rows[13] = 0
  const sign = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([sign, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })
const text = (page: Page) =>
  page.getByRole('list', { name: 'Blocks of the letter' }).getByLabel('Text', { exact: true })
const saved = (page: Page) => page.getByText(/^Saved/).waitFor()

async function begun(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New letter' }).first().click()
  await page.waitForURL(/letters\/[0-9a-f-]{36}/)
  await settled(page)
  await page.getByLabel("Letter's name").fill(name)
  await text(page).fill('The first wording')
  await page.getByRole('textbox', { name: 'Link' }).fill('https://seminar.example/join')
  await saved(page)
}

describe('a letter', () => {
  it('takes pictures that fit, says why others do not, and asks what stands for them', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/letters')
    await begun(page, `Pictures ${newMark()}`)
    await page.locator('.blocks-add').getByRole('button', { name: 'Picture' }).click()
    // What is added goes before the small print.
    expect(await page.locator('ol.blocks > li').last().getByLabel('Footer').count()).toBe(1)
    const input = page.locator('ol.blocks input[type=file]')
    await input.setInputFiles(file('large.png', 'image/png', Buffer.alloc((1 << 20) + 1)))
    await page.getByRole('alert').filter({ hasText: 'at most' }).waitFor()
    await input.setInputFiles(file('drawing.svg', 'image/svg+xml', Buffer.from('<svg/>')))
    await page.getByRole('alert').filter({ hasText: 'PNG, JPEG, GIF and WebP' }).waitFor()
    // Judged by what it is, not by what it calls itself.
    await input.setInputFiles(file('lie.png', 'image/png', Buffer.from('<svg/>')))
    await page.getByRole('alert').filter({ hasText: 'PNG, JPEG, GIF and WebP' }).waitFor()
    await input.setInputFiles(file('hall.png', 'image/png', picture()))
    await page.locator('.block-shown img').waitFor()
    await page.keyboard.type('The hall')
    await saved(page)
    await accessible(page)
    const shown = page.frameLocator('iframe.mail-body').frameLocator('iframe').getByAltText('The hall')
    await shown.waitFor()

    await page.locator('.blocks-add').getByRole('button', { name: 'Picture' }).click()
    await page.getByRole('button', { name: 'From the uploaded ones' }).last().click()
    const shelf = page.getByRole('dialog', { name: 'Uploaded pictures' })
    await shelf
      .getByRole('button', { name: /^Take the picture/ })
      .first()
      .click()
    await expect.poll(() => page.locator('.block-shown img').count()).toBe(2)
    await close()
  })

  it('is published, changed, published again, and an older version is looked at and brought back', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/letters')
    await begun(page, `Versions ${newMark()}`)
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Version 1').waitFor()
    await text(page).fill('The second wording')
    await page.getByText('Changes are not published').waitFor()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Version 2').waitFor()
    await page.getByRole('button', { name: 'Versions' }).click()
    const first = page.locator('.version').filter({ hasText: 'Version 1' })
    await first.getByRole('button', { name: 'Look' }).click()
    await first.getByText('The first wording').waitFor()
    await accessible(page)
    await first.getByRole('button', { name: 'Put into the draft' }).click()
    await page.getByText('Version 1 is the draft now').waitFor()
    expect(await text(page).inputValue()).toBe('The first wording')
    await page.getByRole('button', { name: 'Undo' }).click()
    expect(await text(page).inputValue()).toBe('The second wording')
    await close()
  })

  it('is sent to a saved group of test addresses', async () => {
    const mark = newMark()
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/letters')
    await begun(page, `Tests ${mark}`)
    await page.getByRole('button', { name: 'Send a test' }).click()
    const dialog = page.getByRole('dialog', { name: 'Test letter' })
    const addresses = dialog.getByRole('combobox', { name: 'Addresses' })
    await addresses.fill(`one-${mark}@team.example,two-${mark}@team.example,nobody `)
    await dialog.getByRole('alert').filter({ hasText: 'nobody' }).waitFor()
    await addresses.press('Backspace')
    await dialog.getByRole('button', { name: 'Save as a group' }).click()
    await page.getByLabel('Name of the group').fill(`Team ${mark}`)
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: new RegExp(`Team ${mark} 2`) }).waitFor()
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()

    await page.reload()
    await settled(page)
    await page.getByRole('button', { name: 'Send a test' }).click()
    await dialog.getByRole('button', { name: new RegExp(`Team ${mark} 2`) }).click()
    await dialog.getByRole('button', { name: 'Send to 2 addresses' }).click()
    await expect.poll(() => dialog.getByText('Delivered').count(), { timeout: 30_000 }).toBe(2)
    await accessible(page)
    await dialog.getByRole('button', { name: `Remove the group “Team ${mark}”` }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await dialog.getByRole('button', { name: new RegExp(`Team ${mark} 2`) }).waitFor({ state: 'detached' })
    await close()
  })

  it('written in code says what can be changed, and what is wrong with it', async () => {
    const ask = await asSystem('main')
    const body =
      '<mjml><mj-body><mj-section><mj-column>\n<mj-text>Dear {{ given_name }}</mj-text>\n</mj-column></mj-section></mj-body></mjml>'
    const letter = await ask('POST', '/v1/templates', {
      name: `Code ${newMark()}`,
      channel: 'email',
      draft: { subject: 'Hello', body, fallbacks: { given_name: 'colleague' } },
    })
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go(`/letters/${letter.id}`)
    await page.getByText('Whoever knows MJML may change the code as well.').waitFor()
    await page.getByRole('button', { name: 'Show the code' }).click()
    const code = page.getByRole('textbox', { name: 'Code of the letter' })
    await code.fill(body.replace('given_name', 'nobody_knows'))
    await page.getByText('Nothing of this name is known of recipients').waitFor()
    await accessible(page)
    await page.getByLabel('Subject').fill('Another subject')
    const subject = async () => (await ask('GET', `/v1/templates/${letter.id}`)).draft.subject
    await expect.poll(subject, { timeout: 20_000 }).toBe('Another subject')
    await close()
  })
})
