/** Two cards of one person: made one from the card, and taken apart again. What a contact says when pointed at. */
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { asSystem, mark, offered, seat, settled } from './house'

type Ask = Awaited<ReturnType<typeof asSystem>>

let ask: Ask

beforeEach(async () => {
  ask = await asSystem()
})

/** Make two invented people of one family name, and wait until the search knows both. */
async function pair(name: string): Promise<[string, string]> {
  const ids: string[] = []
  for (const given of ['Вера', 'Надежда']) {
    const made = await ask('POST', '/v1/profiles', {
      kind: 'hcp',
      base: 'main',
      attributes: { family_name: { text: name }, given_name: { text: given } },
      contacts: [{ kind: 'email', value: `${given === 'Вера' ? 'one' : 'two'}-${name.slice(-8)}@merging.example` }],
    })
    await ask('POST', '/v1/profiles:search', { at_least: made.etag, page_size: 1 })
    ids.push(made.id)
  }
  return ids as [string, string]
}

/** Say yes in the dialog that asks once more, when it has come over the first. */
async function confirmed(page: Page): Promise<void> {
  await expect.poll(() => page.getByRole('dialog').count()).toBe(2)
  await page.getByRole('dialog').last().getByRole('button', { name: 'Merge two people' }).click()
}

describe('two cards of one person', () => {
  it('become one after a look at what comes of it, and two again', { timeout: 120_000 }, async () => {
    const name = `Двойнова-${mark}`
    const [one, other] = await pair(name)
    const { page, go, close } = await seat()
    await go(`/clients/${one}`)
    await page.getByRole('button', { name: 'Other actions' }).click()
    await page.getByRole('menuitem', { name: 'Merge with…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Merge two people' })
    await dialog.getByRole('combobox').fill(`two-${mark}`)
    await offered(page, `${name} Надежда`)
    // Both, and what comes of them, before anything is written.
    await dialog.getByRole('columnheader', { name: 'What comes of it' }).waitFor()
    await dialog
      .getByRole('row', { name: /Contacts/ })
      .getByText(`two-${mark}@merging.example`)
      .first()
      .waitFor()
    await accessible(page)
    expect((await ask('GET', `/v1/profiles/${other}`)).id).toBe(other)
    await dialog.getByRole('button', { name: 'Merge two people' }).click()
    await confirmed(page)
    await page.getByText('They are one person now').waitFor()
    expect((await ask('GET', `/v1/profiles/${other}`)).id).toBe(one)
    await page.getByText(`two-${mark}@merging.example`).first().waitFor()

    // A link to the second card opens the first.
    await go(`/clients/${other}`)
    await page.waitForURL(new RegExp(`/clients/${one}`))
    await page.getByRole('button', { name: 'Take apart' }).first().click()
    await page.getByRole('tooltip').getByRole('button', { name: 'Take apart' }).click()
    await page.getByText('They are two cards again.').waitFor()
    expect((await ask('GET', `/v1/profiles/${other}`)).id).toBe(other)
    await page.getByRole('link', { name: 'Open the second' }).click()
    await page.getByRole('heading', { level: 1, name: `${name} Надежда` }).waitFor()
    await settled(page)
    await close()
  })

  it('are taken apart by the undo of the merge', async () => {
    const name = `Поспешнова-${mark}`
    const [one, other] = await pair(name)
    const { page, go, close } = await seat({ person: 'data-steward' })
    await go(`/clients/${one}`)
    await page.getByRole('button', { name: 'Other actions' }).click()
    await page.getByRole('menuitem', { name: 'Merge with…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Merge two people' })
    await dialog.getByRole('combobox').fill(`${name} Над`)
    await offered(page, `${name} Надежда`)
    await dialog.getByRole('button', { name: 'Merge two people' }).click()
    await confirmed(page)
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByText('Undone').waitFor()
    expect((await ask('GET', `/v1/profiles/${other}`)).id).toBe(other)
    await close()
  })
})

describe('a contact', () => {
  it('says on hover and on focus when it was confirmed and where it comes from', async () => {
    const [one] = await pair(`Наводкина-${mark}`)
    const { page, go, close } = await seat()
    await go(`/clients/${one}`)
    const address = page.locator('.contacts .address bdi').first()
    await address.hover()
    const hint = page.getByRole('tooltip')
    await hint.getByText(/Entered by hand/).waitFor()
    await hint.getByText(/[Cc]onfirmed/).waitFor()
    await page.mouse.move(0, 0)
    await hint.waitFor({ state: 'hidden' })
    await address.focus()
    await hint.getByText(/Entered by hand/).waitFor()
    await close()
  })
})
