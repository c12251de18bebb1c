import { describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { addresses, seat } from './house'

const STATES = {
  tokens: [''],
  pieces: [''],
  charts: [''],
  states: [''],
  list: ['whole', 'loading', 'waiting', 'empty', 'failing', 'stale', 'noRight', 'partial'],
  card: ['whole', 'loading', 'failing', 'noRight', 'partial'],
  wizard: ['whole', 'loading', 'empty', 'failing', 'noRight'],
  builder: ['whole', 'loading', 'empty', 'failing', 'noRight', 'partial'],
  queue: ['whole', 'loading', 'empty', 'failing', 'noRight'],
}

describe('the gallery', () => {
  it.each(Object.keys(STATES) as (keyof typeof STATES)[])('shuts nobody out in any state: %s', async (part) => {
    const { page, close } = await seat()
    for (const state of STATES[part]) {
      await page.goto(`${addresses.gateway}/design?part=${part}&state=${state}`)
      // What is shown as being loaded stays so; its code is there since the state before.
      const heading = page.locator('.design').getByRole('heading', { level: 1 })
      await (state === 'loading' ? heading : heading.filter({ hasNotText: 'Loading' })).first().waitFor()
      if (part === 'charts') await page.locator('canvas').first().waitFor()
      await accessible(page)
    }
    await close()
  })

  it('leads through a list by keys alone, and back to where one was', async () => {
    const { page, go, close } = await seat()
    await go('/design?part=list')
    const here = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.id ?? '')
    await page.keyboard.press('j')
    const first = await here()
    await page.keyboard.press('j')
    const second = await here()
    expect([first, second].every(Boolean) && first !== second).toBe(true)
    await page.keyboard.press('Space')
    const preview = page.getByRole('complementary', { name: 'Preview' })
    await preview.waitFor()
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })
    expect(await here()).toBe(second)
    await page.keyboard.press('x')
    await page.getByText('1 selected').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('1 selected').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('jx')
    expect(await page.getByRole('textbox', { name: 'Name, phone, e-mail' }).inputValue()).toBe('jx')
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Escape')
    expect(await here()).toBe(second)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys on this screen' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('Enter')
    await page.waitForURL(/part=card/)
    await page.goBack()
    await page.locator(`tr[data-id="${second}"]:focus`).waitFor()
    await close()
  })

  it('mends a cell among ten thousand rows by keys', async () => {
    const { page, go, close } = await seat()
    await go('/design?part=wizard')
    const grid = page.getByRole('grid')
    const here = () => grid.getAttribute('aria-activedescendant')
    await grid.focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
    await page.keyboard.press('End')
    await page.keyboard.type('.example')
    await page.keyboard.press('Enter')
    await page.locator('[aria-rowindex="5"] [aria-colindex="3"].look-mended').waitFor()
    await expect.poll(here).toBe('cell-4-1')
    await page.keyboard.press('Control+End')
    await page.locator('#cell-9999-1').waitFor()
    expect(await here()).toBe('cell-9999-1')
    expect(await page.locator('.virtual-row').count()).toBeLessThan(60)
    await close()
  })

  it('asks for a deliberate second act and says why it failed', async () => {
    const { page, go, close } = await seat()
    await go('/design?part=pieces')
    await page.getByRole('button', { name: 'Send to 12,418 people' }).click()
    const dialog = page.getByRole('dialog', { name: 'Launch the campaign?' })
    const send = dialog.getByRole('button', { name: 'Send to 12,418 people' })
    expect(await send.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('12418')
    await expect.poll(() => send.isDisabled()).toBe(false)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Erase 1 person' }).click()
    const erasing = page.getByRole('dialog', { name: 'Erase the doctor’s data?' })
    await erasing.getByRole('button', { name: 'Erase 1 person' }).click()
    await erasing.getByRole('alert').getByText('4bf92f3577b34da6a3ce929d0e0e4736').waitFor()
    await close()
  })
})
