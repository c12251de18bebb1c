import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { addresses, asSystem, mark, seat, settled } from './house'

type Ask = Awaited<ReturnType<typeof asSystem>>

let ask: Ask

/** Make an invented person and wait until the list knows. */
async function person(name: string, more: Record<string, unknown> = {}): Promise<{ id: string; etag: string }> {
  const made = await ask('POST', '/v1/profiles', {
    kind: 'hcp',
    base: 'main',
    attributes: { family_name: { text: name }, given_name: { text: 'Вера' } },
    ...more,
  })
  await ask('POST', '/v1/profiles:search', { at_least: made.etag, page_size: 1 })
  return made
}

/** Wait until the list stands with its rows. */
async function listed(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Name, phone or e-mail' }).waitFor()
  await page.locator('tbody tr[data-id]').first().waitFor()
  await settled(page)
}

async function search(page: Page, text: string): Promise<void> {
  await listed(page)
  await page.keyboard.press('/')
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
  await settled(page)
}

beforeEach(async () => {
  ask = await asSystem()
})

describe('the list of clients', () => {
  it('finds a person by a piece of an e-mail and opens the card, by keys alone', async () => {
    await person(`Находкина-${mark}`, { contacts: [{ kind: 'email', value: `find-${mark}@clients.example` }] })
    const { page, go, close } = await seat()
    await go('/clients')
    await search(page, `find-${mark}`)
    await page.getByRole('row', { name: new RegExp(`Находкина-${mark}`) }).waitFor()
    expect(page.url()).not.toContain(mark)
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press(' ')
    await page.getByRole('complementary', { name: 'Preview' }).getByText(`find-${mark}@clients.example`).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: `Находкина-${mark} Вера` }).waitFor()
    await settled(page)
    expect(page.url()).toMatch(/\/clients\/[0-9a-f-]{36}$/)
    await page.goBack()
    await page.getByRole('row', { name: new RegExp(`Находкина-${mark}`) }).waitFor()
    await close()
  })

  it('counts what the filters of its address find, and a chip takes them off', async () => {
    const rule = { all: [{ affiliation: { specialty: ['cardiology'] } }, { has_channel: ['email'] }] }
    const { total } = await ask('POST', '/v1/profiles:search', { filter: rule, page_size: 1 })
    const { page, go, close } = await seat()
    await go('/clients?specialty=cardiology&channel=email')
    await listed(page)
    const heading = page.getByRole('heading', { level: 1 })
    expect(((await heading.textContent()) ?? '').replace(/\D/g, '')).toBe(String(total))
    await page.getByRole('button', { name: /Remove the filter .Specialty: Cardiology/ }).click()
    await expect.poll(() => new URL(page.url()).search).toBe('?channel=email')
    await page.getByRole('button', { name: /Remove the filter .Specialty/ }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByRole('combobox', { name: 'Specialty' }).fill('терапевт')
    await page.getByTitle('Internal medicine', { exact: true }).click()
    await expect.poll(() => new URL(page.url()).search).toBe('?channel=email&specialty=therapy')
    await settled(page)
    await close()
  })

  it('makes a client, with what is wrong beside the field that is wrong', async () => {
    const { page, go, close } = await seat()
    await go('/clients?new=1')
    const form = page.getByRole('dialog')
    await form.getByRole('combobox', { name: 'Base' }).click()
    await page.locator('.ant-select-item-option').first().click()
    await form.getByLabel('Family name').fill(`Новикова-${mark}`)
    await form.getByRole('button', { name: 'Add a contact' }).click()
    await form.getByLabel('Address or number').fill('not an address')
    await form.getByRole('button', { name: 'Create' }).click()
    await form.getByText('This does not look like an e-mail').waitFor()
    await form.getByLabel('Address or number').fill(`new-${mark}@clients.example`)
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: `Новикова-${mark}` }).waitFor()
    await settled(page)
    await close()
  })

  it('archives the marked ones for a reason, says how many, and takes it back', async () => {
    const names = ['Архивова', 'Архипова'].map((name) => `${name}-${mark}`)
    const made = await Promise.all(names.map((name) => person(name)))
    const { page, go, close } = await seat()
    await go('/clients')
    await search(page, mark)
    for (const name of names)
      await page
        .getByRole('row', { name: new RegExp(name) })
        .getByRole('checkbox')
        .check()
    await page.getByRole('button', { name: 'Archive…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Archive 2 clients?' })
    await dialog.getByText(names[0] ?? '').waitFor()
    await dialog.getByRole('combobox').click()
    await page.locator('.ant-select-item-option').first().click()
    await dialog.getByRole('button', { name: 'Archive 2 clients' }).click()
    await page.getByText('2 clients archived').waitFor()
    const states = () => Promise.all(made.map(({ id }) => ask('GET', `/v1/profiles/${id}`).then((one) => one.state)))
    expect(await states()).toEqual(['archived', 'archived'])
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone').waitFor()
    expect(await states()).toEqual(['active', 'active'])
    await close()
  })
})

describe('a view of the list', () => {
  it('is kept under a name with its filters, opened as a tab and removed', async () => {
    const name = `Cardio ${mark}`
    const { page, go, close } = await seat()
    await go('/clients?channel=email&specialty=cardiology')
    await listed(page)
    await page.getByRole('textbox', { name: 'Name, phone or e-mail' }).fill('ив')
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('textbox', { name: 'Name of the view' }).fill(name)
    await page.keyboard.press('Enter')
    const views = page.getByRole('navigation', { name: 'Saved views' })
    const tab = views.getByRole('link', { name })
    await expect.poll(() => tab.getAttribute('aria-current')).toBe('page')
    // What is typed belongs to nobody's view.
    const kept = await page.request.get(`${addresses.gateway}/v1/views?screen=clients`)
    const { items } = (await kept.json()) as { items: { name: string; state: unknown }[] }
    expect(items.find((each) => each.name === name)?.state).toEqual({ query: 'channel=email&specialty=cardiology' })
    await views.getByRole('link', { name: 'All' }).click()
    await expect.poll(() => new URL(page.url()).search).toBe('')
    await page.reload()
    await tab.click()
    await expect.poll(() => new URL(page.url()).search).toBe('?channel=email&specialty=cardiology')
    await settled(page)
    await accessible(page)
    await views.getByRole('button', { name: `Remove the view “${name}”` }).click()
    await page.getByRole('tooltip').getByRole('button', { name: 'Remove' }).click()
    await tab.waitFor({ state: 'detached' })
    await close()
  })
})

describe('marks', () => {
  it('belong to the question that they were made under', async () => {
    const { page, go, close } = await seat()
    await go('/clients?channel=email')
    await listed(page)
    await page.locator('tbody tr[data-id] input[type=checkbox]').first().check()
    await page.getByRole('region', { name: 'Selected rows' }).waitFor()
    await page.getByRole('button', { name: /Remove the filter/ }).click()
    await page.getByRole('region', { name: 'Selected rows' }).waitFor({ state: 'detached' })
    await settled(page)
    await close()
  })
})

describe('the card of a client', () => {
  it('asks before an edit is left by another tab', async () => {
    const { id } = await person(`Покидова-${mark}`)
    const { page, go, close } = await seat()
    await go(`/clients/${id}?edit=1`)
    await page.getByLabel('Given name').fill('Надежда')
    await page.getByRole('tab', { name: 'Timeline' }).click()
    const dialog = page.getByRole('dialog', { name: /not saved/ })
    await dialog.getByRole('button', { name: 'Stay' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect(await page.getByLabel('Given name').inputValue()).toBe('Надежда')
    await page.getByRole('tab', { name: 'Timeline' }).click()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await page.getByLabel('Given name').waitFor({ state: 'detached' })
    expect((await ask('GET', `/v1/profiles/${id}`)).attributes.given_name.value.text).toBe('Вера')
    await close()
  })

  it('shows both sides when somebody else was quicker, and writes what was chosen', async () => {
    const { id, etag } = await person(`Спорова-${mark}`)
    const { page, go, close } = await seat()
    await go(`/clients/${id}`)
    await page.getByRole('button', { name: 'Edit' }).waitFor()
    await page.keyboard.press('e')
    await page.getByLabel('Given name').fill('Надежда')
    await page.getByLabel('Patronymic').fill('Ильинична')
    await ask('PATCH', `/v1/profiles/${id}`, { attributes: { given_name: { text: 'Любовь' } } })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: /changed while you were editing/ })
    const row = dialog.getByRole('row', { name: /Given name/ })
    await row.getByText('Любовь').waitFor()
    await row.getByText('Надежда').click()
    await dialog.getByRole('button', { name: 'Save what is chosen' }).click()
    await page.getByRole('heading', { level: 1, name: `Спорова-${mark} Надежда Ильинична` }).waitFor()
    const now = await ask('GET', `/v1/profiles/${id}`)
    expect(now.attributes.given_name.value.text).toBe('Надежда')
    expect(now.etag).not.toBe(etag)
    await settled(page)
    await close()
  })

  it('asks in whose base an edit is, where two of them know the person', async () => {
    const { id } = await person(`Общая-${mark}`)
    await ask('PATCH', `/v1/profiles/${id}`, { base: 'partner', attributes: { patronymic: { text: 'Львовна' } } })
    const { page, go, close } = await seat()
    await go(`/clients/${id}?edit=1`)
    await page.getByLabel('Given name').fill('Зоя')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Fill this in').waitFor()
    await page.getByRole('combobox', { name: 'Base' }).click()
    await page.locator('.ant-select-item-option').last().click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: `Общая-${mark} Зоя Львовна` }).waitFor()
    await close()
  })

  it('records a consent with its proof and withdraws it', async () => {
    const { id } = await person(`Согласова-${mark}`, {
      contacts: [{ kind: 'email', value: `consent-${mark}@clients.example` }],
    })
    const { page, go, close } = await seat()
    await go(`/clients/${id}?tab=consents`)
    await page.getByRole('button', { name: 'Record a consent' }).click()
    await page.getByRole('dialog').getByLabel('Where the proof lies').fill('call 17')
    await page.getByRole('dialog').getByRole('button', { name: 'Record a consent' }).click()
    await page.getByText('The consent is recorded').waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText('The withdrawal is recorded').waitFor()
    await settled(page)
    const { history } = await ask('GET', `/v1/profiles/${id}/consents`)
    expect(history.map((each: { status: string }) => each.status)).toEqual(['revoked', 'granted'])
    expect(history[1].evidence).toMatchObject({ kind: 'phone-call', reference: 'call 17' })
    await close()
  })

  it('archives from the card and brings back', async () => {
    const { id } = await person(`Уходова-${mark}`)
    const { page, go, close } = await seat()
    await go(`/clients/${id}`)
    await page.getByRole('button', { name: 'Other actions' }).click()
    await page.getByRole('menuitem', { name: 'Archive…' }).click()
    await page.getByRole('dialog').getByRole('combobox').click()
    await page.locator('.ant-select-item-option').first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Archive', exact: true }).click()
    await page.getByText('Archived: not in counts').waitFor()
    await page.getByRole('button', { name: 'Bring back' }).click()
    const asked = page.getByRole('tooltip').filter({ hasText: `Уходова-${mark}` })
    await asked.getByText(/Bring .* back from the archive/).waitFor()
    expect((await ask('GET', `/v1/profiles/${id}`)).state).toBe('archived')
    await asked.getByRole('button', { name: 'Bring back' }).click()
    await page.getByText('Archived: not in counts').waitFor({ state: 'detached' })
    await settled(page)
    await close()
  })

  it('erases for good, after the object was named and a word was typed', async () => {
    const name = `Стирова-${mark}`
    const { id, etag } = await person(name, {
      contacts: [{ kind: 'email', value: `erase-${mark}@clients.example` }],
    })
    const { page, go, close } = await seat()
    await go(`/clients/${id}`)
    await page.getByRole('button', { name: 'Other actions' }).click()
    await page.getByRole('menuitem', { name: 'Erase the data…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Erase the data for good' })
    await dialog.getByText(new RegExp(`${name} Вера.*: everything about this person will be erased`)).waitFor()
    const button = dialog.getByRole('button', { name: 'Erase for good' })
    expect(await button.isDisabled()).toBe(true)
    await settled(page)
    await accessible(page)
    // Nothing has happened to whoever was only looked at.
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect((await ask('GET', `/v1/profiles/${id}`)).etag).toBe(etag)

    await page.getByRole('button', { name: 'Other actions' }).click()
    await page.getByRole('menuitem', { name: 'Erase the data…' }).click()
    await dialog.getByRole('textbox').fill('erase')
    await button.click()
    await page.getByText('The data are erased').waitFor()
    await page.waitForURL((url) => url.pathname === '/clients')
    const gone = await ask('GET', `/v1/profiles/${id}`)
    expect([gone.state, gone.attributes, gone.contacts, gone.records]).toEqual(['erased', {}, [], []])
    await search(page, `erase-${mark}`)
    await page.getByText('Nothing matches these conditions').waitFor()
    await close()
  })

  it('says that nobody was there before the first record', async () => {
    const { id } = await person(`Былова-${mark}`)
    const { page, go, close } = await seat()
    await go(`/clients/${id}?as_of=2020-01-01`)
    await page.getByText('not in the base yet on').waitFor()
    await page.getByRole('button', { name: 'Back to today' }).click()
    await page.getByRole('button', { name: 'Edit' }).waitFor()
    await settled(page)
    await close()
  })
})

describe('the left of the card', () => {
  it('says when a person last did something, and that somebody has done nothing yet', async () => {
    const { items } = await ask('POST', '/v1/activities:search', { page_size: 20 })
    const seen = items.find((each: { profile: string }) => each.profile)
    expect(seen, 'the story has activities of known people').toBeDefined()
    const { page, go, close } = await seat()
    const said = () => page.locator('dt', { hasText: 'Last active' }).locator('+ dd')
    await go(`/clients/${seen.profile}`)
    await expect.poll(() => said().locator('time').count()).toBe(1)
    const { id } = await person(`Тихова-${mark}`)
    await go(`/clients/${id}`)
    await expect.poll(() => said().textContent()).toBe('Not yet')
    await close()
  })
})

describe('for everybody', () => {
  it('the list, its filters and its preview', async () => {
    const { page, go, close } = await seat()
    await go('/clients?channel=email')
    await listed(page)
    await accessible(page)
    await page.locator('tbody tr').first().click()
    await settled(page)
    await accessible(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByRole('combobox', { name: 'Specialty' }).waitFor()
    await accessible(page)
    await close()
  })

  it('the card in each of its tabs', async () => {
    const { items } = await ask('POST', '/v1/profiles:search', {
      filter: { all: [{ consent: { channel: ['email'] } }] },
      page_size: 1,
    })
    const { page, go, close } = await seat()
    for (const view of [
      'tab=data',
      'edit=1',
      'tab=places',
      'tab=consents',
      'tab=messages',
      'tab=timeline',
      'tab=history',
    ]) {
      await go(`/clients/${items[0].id}?${view}`)
      await page.getByRole('tablist').waitFor()
      await settled(page)
      await accessible(page)
    }
    await close()
  })
})
