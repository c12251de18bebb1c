import { expect, it } from 'vitest'
import { addresses, seat, settled } from './house'

it('code that does not come leaves the frame and a way on', async () => {
  const { page, go, wrong, close } = await seat()
  await go('/')
  // As after a new version: what this page was built with is gone.
  await page.route('**/console/*.js', (route) => route.fulfill({ status: 404, body: '' }))
  await page.getByRole('link', { name: 'Segments' }).click()
  const alert = page.getByRole('alert')
  await alert.getByText('This part of the console could not be loaded').waitFor()
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
  expect(wrong().filter((each) => each.startsWith('uncaught'))).toEqual([])
  await page.unroute('**/console/*.js')
  await alert.getByRole('button', { name: 'Reload the page' }).click()
  await page.getByRole('heading', { name: /^Segments/ }).waitFor()
  await close()
})

it('the first screen has a shape while its code is on its way', async () => {
  const { page, close } = await seat()
  let go = () => {}
  const held = new Promise<void>((resolve) => {
    go = resolve
  })
  // The screen's own code comes late, what every screen needs does not.
  await page.route('**/console/List-*.js', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(`${addresses.gateway}/segments`)
  await page.getByRole('heading', { name: 'Loading' }).waitFor()
  await page.getByRole('navigation', { name: 'Areas' }).waitFor()
  go()
  await page.getByRole('heading', { name: /^Segments/ }).waitFor()
  await close()
})

it('dialogs and menus are seen by those who asked for no motion', async () => {
  const { page, go, close } = await seat()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await go('/')
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expect.poll(() => dialog.evaluate((element) => getComputedStyle(element).opacity)).toBe('1')
  await settled(page)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'You and your settings' }).click()
  await page.getByText('Language').hover()
  await page.getByText('Русский').click()
  await page.getByRole('heading', { name: 'Сегодня' }).waitFor()
  await close()
})
