import { describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { asSystem, mark, newMark, seat, settled } from './house'

describe('segments', () => {
  it('are built with their live effect, saved, explained and archived', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/segments/new')
    await page.getByRole('textbox', { name: 'Name of the segment' }).fill(`Paediatricians ${mark}`)
    await page.getByRole('button', { name: 'Condition' }).click()
    await page.getByText('1 condition is not filled in').waitFor()
    await page.getByRole('combobox', { name: 'Specialty' }).fill('pediatr')
    await page.locator('.ant-select-item-option', { hasText: 'Paediatrics' }).click()
    // Tab leaves the choice, and takes nothing else of it along.
    await page.keyboard.press('Tab')
    const counted = page.locator('.effect-count')
    await counted.waitFor()
    await page.getByText('Works at a place with specialty Paediatrics.', { exact: true }).waitFor()
    const count = Number(((await counted.textContent()) ?? '').replace(/\D/g, ''))
    expect(count).toBeGreaterThan(0)
    await page.locator('.effect-sample li').first().waitFor()
    await accessible(page)

    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Redo' }).click()
    await page.getByRole('button', { name: 'Save the segment' }).click()
    await page.waitForURL(/\/segments\/[0-9a-f-]{36}$/)
    await page.getByRole('heading', { name: `Paediatricians ${mark}` }).waitFor()

    await page.getByRole('tab', { name: /People/ }).click()
    const first = page.locator('tbody tr[data-id]').first()
    await first.waitFor({ timeout: 60_000 })
    await accessible(page)

    await page.getByRole('tab', { name: 'Rule and reach' }).click()
    await page.getByText('Who can be written to').waitFor()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Archive' }).click()
    await page.getByText('The segment is archived').waitFor()
    await close()
  })

  it('are copied under another name, with their rule', async () => {
    const ask = await asSystem('main')
    const rule = { all: [{ affiliation: { specialty: ['cardiology'] } }] }
    const made = await ask('POST', '/v1/segments', { name: `Original ${mark}`, kind: 'live', rule })
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go(`/segments/${made.id}`)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Make a copy' }).click()
    const dialog = page.getByRole('dialog', { name: 'Make a copy' })
    const name = dialog.getByRole('textbox', { name: 'Name of the segment' })
    expect(await name.inputValue()).toBe(`Original ${mark} (copy)`)
    await name.fill(`Second ${mark}`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: `Second ${mark}` }).waitFor()
    const id = page.url().match(/[0-9a-f-]{36}/)?.[0]
    expect(id).not.toBe(made.id)
    expect((await ask('GET', `/v1/segments/${id}`)).rule).toEqual(made.rule)
    await settled(page)
    await close()
  })

  it('are found by what is typed, which no address carries', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await go('/segments')
    await page.keyboard.press('/')
    await page.keyboard.type(`Original ${mark}`)
    await page.getByRole('link', { name: `Original ${mark}` }).waitFor()
    expect([page.url(), ...asked].filter((each) => decodeURIComponent(each).includes(mark))).toEqual([])
    await close()
  })

  it('follow by themselves or not, several at once from the list, and back by undo', async () => {
    const own = newMark()
    const ask = await asSystem('main')
    const rule = { all: [{ affiliation: { specialty: ['cardiology'] } }] }
    const made: { id: string }[] = []
    for (const kind of ['live', 'live', 'static']) {
      made.push(await ask('POST', '/v1/segments', { name: `Many ${own} ${made.length}`, kind, rule }))
    }
    const follow = () =>
      Promise.all(made.map(({ id }) => ask('GET', `/v1/segments/${id}`).then((each) => Boolean(each.auto_update))))
    expect(await follow()).toEqual([true, true, false])
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/segments')
    await page.getByRole('textbox', { name: 'Name of a segment' }).fill(`Many ${own}`)
    await expect.poll(() => page.locator('tbody tr[data-id]').count()).toBe(3)
    await settled(page)
    for (const box of await page.locator('tbody tr[data-id] input[type=checkbox]').all()) await box.check()
    const bar = page.getByRole('region', { name: 'Selected rows' })
    await bar.getByText('3').first().waitFor()
    await accessible(page)
    // The list of a day follows nothing, and does not count.
    await bar.getByRole('button', { name: 'Recount 2 by hand only' }).click()
    await page.getByText('2 segments changed').waitFor()
    expect(await follow()).toEqual([false, false, false])
    await expect.poll(() => page.locator('tbody').getByText('Recounted by hand').count()).toBe(2)
    await bar.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByText('Undone').waitFor()
    expect(await follow()).toEqual([true, true, false])
    await close()
  })

  it('say why a person is in or out', async () => {
    const { page, go, close } = await seat({ person: 'analyst' })
    await go('/segments')
    await page.locator('tbody tr[data-id] a').first().click()
    await settled(page)
    await page.getByRole('tab', { name: 'Why in or out' }).click()
    await page.getByRole('combobox').fill('ив')
    await page.locator('.ant-select-item-option').first().click()
    await page
      .getByRole('status')
      .getByText(/segment/)
      .waitFor()
    expect(await page.locator('.reasons li').count()).toBeGreaterThan(0)
    await accessible(page)
    await close()
  })

  it('keep a rule that was not saved when the page is loaded again', async () => {
    const { page, go, close } = await seat()
    await go('/segments/new')
    await page.getByRole('textbox', { name: 'Name of the segment' }).fill('Half done')
    await page.getByRole('button', { name: 'Condition' }).click()
    await page.getByRole('checkbox', { name: 'Works there now' }).check()
    await page.locator('.effect-count').waitFor()
    await page.getByText('List as of today').click()
    await page.reload()
    await settled(page)
    expect(await page.getByRole('radio', { name: 'List as of today' }).isChecked()).toBe(true)
    expect(await page.getByRole('textbox', { name: 'Name of the segment' }).inputValue()).toBe('Half done')
    expect(await page.getByRole('checkbox', { name: 'Works there now' }).isChecked()).toBe(true)
    await close()
  })

  it('open the people behind reach and losses, change by hand, follow or not, and begin a campaign', async () => {
    const own = newMark()
    const ask = await asSystem('main')
    const people: { id: string; etag: string }[] = []
    for (const place of [0, 1, 2]) {
      const contacts = place ? [] : [{ kind: 'email', value: `reach-${own}@clinic.example` }]
      const attributes = { family_name: { text: `Досягаев ${own}` }, given_name: { text: `Имя${place}` } }
      people.push(await ask('POST', '/v1/profiles', { kind: 'hcp', base: 'main', attributes, contacts }))
    }
    const rule = { all: [{ attribute: 'family_name', op: 'in', value: [`Досягаев ${own}`] }] }
    const count = async () => (await ask('POST', '/v1/segments:preview', { rule })).count
    await expect.poll(count, { timeout: 60_000, interval: 1000 }).toBe(3)
    const segment = await ask('POST', '/v1/segments', { name: `Reach ${own}`, kind: 'live', rule })
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go(`/segments/${segment.id}?tab=rule`)
    await page.getByRole('button', { name: 'E-mail: no address: 2' }).click()
    await expect.poll(() => page.locator('.behind-people li').count()).toBe(2)
    await accessible(page)
    await page.keyboard.press('Escape')

    await page.getByRole('tab', { name: /People/ }).click()
    await page.locator('tbody tr[data-id]').nth(2).waitFor()
    await page.locator('tbody tr[data-id] input[type=checkbox]').first().check()
    await page.getByRole('button', { name: 'Take 1 person out' }).click()
    await expect.poll(() => page.locator('tbody tr[data-id]').count(), { timeout: 30_000 }).toBe(2)
    await page.getByRole('button', { name: /^Undo/ }).click()
    await expect.poll(() => page.locator('tbody tr[data-id]').count(), { timeout: 30_000 }).toBe(3)

    const follows = page.getByRole('switch', { name: 'Follows by itself' })
    await follows.click()
    await expect.poll(() => follows.isChecked(), { timeout: 20_000 }).toBe(false)
    const kept = async () => (await ask('GET', `/v1/segments/${segment.id}`)).auto_update
    expect(await kept()).toBe(false)

    await page.getByRole('button', { name: 'Create a campaign' }).click()
    await page.getByLabel('Name', { exact: true }).fill(`To ${own}`)
    await page.waitForURL(/campaigns\/[0-9a-f-]{36}/)
    const begun = page.url().match(/[0-9a-f-]{36}/)?.[0]
    expect((await ask('GET', `/v1/campaigns/${begun}`)).settings.segment).toBe(segment.id)
    await close()
  })
})
