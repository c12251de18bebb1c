import { describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { addresses, asSystem, mark, seat, settled, signIn, signInAgain } from './house'

describe('the frame', () => {
  it('leads a stranger through the sign-in and back to where he wanted to go', async () => {
    const { page, context, close } = await seat({ person: 'analyst' })
    await context.clearCookies()
    await page.goto(`${addresses.gateway}/segments?archived=1`)
    await signIn(page, 'analyst')
    expect(page.url()).toBe(`${addresses.gateway}/segments?archived=1`)
    await close()
  })

  it('shows a role only what it may do', async () => {
    const administrator = await seat({ person: 'administrator' })
    await administrator.go('/')
    const all = await administrator.page.getByRole('navigation').getByRole('menuitem').allInnerTexts()
    const steward = await seat({ person: 'data-steward' })
    await steward.go('/')
    const some = await steward.page.getByRole('navigation').getByRole('menuitem').allInnerTexts()
    expect(all.length).toBeGreaterThan(some.length)
    expect(some).not.toContain('Campaigns')
    await administrator.close()
    await steward.close()
  })

  it('is open to everybody', async () => {
    const { page, go, close } = await seat()
    await go('/')
    await accessible(page)
    await close()
  })

  it('speaks another language without losing the place', async () => {
    const { page, go, close } = await seat({ language: 'ru' })
    await go('/')
    await page.getByRole('heading', { name: 'Сегодня' }).waitFor()
    await page.getByRole('button', { name: 'Вы и настройки' }).click()
    await page.getByText('Язык').hover()
    await page.getByText('English').click()
    await page.getByRole('heading', { name: 'Today' }).waitFor()
    await close()
  })

  it('signs out here and at the provider', async () => {
    const { page, context, go, close } = await seat({ person: 'analyst', alone: true })
    await go('/')
    await page.getByRole('button', { name: 'You and your settings' }).click()
    await page.getByText('Sign out').click()
    await page.waitForURL((url) => !url.href.startsWith(addresses.gateway) || url.pathname.startsWith('/auth'))
    expect((await context.cookies()).some((cookie) => cookie.name === '__Host-consilium' && cookie.value)).toBe(false)
    await close()
  })

  it('holds what was typed and sent while somebody signs in again', async () => {
    const { page, context, go, close } = await seat({ person: 'marketing-manager' })
    await go('/')
    await context.clearCookies()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('иван')
    await signInAgain(page, 'marketing-manager')
    await page.getByRole('option').first().waitFor()
    expect(await page.getByRole('combobox').inputValue()).toBe('иван')
    await close()
  })

  it('finds people, segments, campaigns and actions from anywhere', async () => {
    const { page, go, close } = await seat()
    await go('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('import')
    await page.getByRole('option', { name: 'Import a file' }).waitFor()
    await page.getByRole('combobox').fill('иванов')
    await page.getByRole('group', { name: 'Clients' }).getByRole('option').first().waitFor()
    await accessible(page)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/clients\/[0-9a-f-]{36}$/)
    expect(page.url()).not.toContain('иванов')
    await close()
  })

  it('opens a segment, a campaign and an action by keys alone, and tells an address nothing of what was typed', async () => {
    const ask = await asSystem('main')
    const name = `Found${mark}`
    const rule = { all: [{ affiliation: { specialty: ['cardiology'] } }] }
    const segment = await ask('POST', '/v1/segments', { name: `${name} people`, kind: 'live', rule })
    const campaign = await ask('POST', '/v1/campaigns', { name: `${name} letter`, controller: 'main' })
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(decodeURIComponent(request.url())))
    /** Type, go down to what is wanted, and open it: no mouse. */
    const opened = async (text: string, group: string, title: string, address: RegExp) => {
      await page.keyboard.press('Control+k')
      const box = page.getByRole('combobox', { name: 'Search everywhere' })
      await expect.poll(() => box.evaluate((element) => element === document.activeElement)).toBe(true)
      await page.keyboard.type(text)
      const wanted = page.getByRole('group', { name: group }).getByRole('option', { name: title })
      await wanted.waitFor()
      await expect.poll(() => page.getByRole('listbox').getAttribute('aria-busy')).toBe('false')
      for (let presses = 0; (await wanted.getAttribute('aria-selected')) !== 'true'; presses += 1) {
        expect(presses).toBeLessThan(12)
        await page.keyboard.press('ArrowDown')
      }
      await page.keyboard.press('Enter')
      await page.waitForURL(address)
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await settled(page)
    }
    await go('/')
    await opened(name, 'Segments', segment.name, new RegExp(`/segments/${segment.id}$`))
    await opened(name, 'Campaigns', `${name} letter`, new RegExp(`/campaigns/${campaign.id}`))
    await opened('create a seg', 'Actions', 'Create a segment', /\/segments\/new$/)
    await opened('import', 'Actions', 'Import a file', /\/base\/imports\/new$/)
    expect(asked.filter((each) => each.includes(name))).toEqual([])
    // Escape puts the keyboard back where it was.
    const door = page.locator('.search-door')
    await door.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Search everywhere' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => door.evaluate((element) => element === document.activeElement)).toBe(true)
    await close()
  })
})
