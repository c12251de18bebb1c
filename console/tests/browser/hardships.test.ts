/** What happens to people at work: a slow network, a gateway that restarts, a session that ends, two tabs. */
import type { Locator, Page, Request } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chosen, declared, doctors, family, OPTED_IN, read } from './files'
import { acceptAll, addresses, asSystem, endGateway, gatewayBack, mark, seat, settled, signInAgain } from './house'

/** Make the network of a page that of a phone at the edge of a town. */
async function slowed(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 400,
    downloadThroughput: 62_500, // 500 kbit/s
    uploadThroughput: 62_500,
  })
}

/** Count the requests that a page sends to addresses with an ending, such as ':commit'. */
function counted(page: Page, ending: string): () => number {
  let count = 0
  page.on('request', (request: Request) => {
    if (request.method() === 'POST' && new URL(request.url()).pathname.endsWith(ending)) count += 1
  })
  return () => count
}

/**
 * Press a button while the gateway is away. What was asked is done once it is back; whoever was told first that nobody
 * answers presses again.
 */
async function pressed(page: Page, name: string, done: Locator): Promise<void> {
  const button = page.getByRole('button', { name })
  await button.click()
  await gatewayBack()
  const away = page.getByRole('alert').filter({ hasText: 'does not answer' })
  await done.or(away).first().waitFor({ timeout: 30_000 })
  if (!(await done.first().isVisible())) {
    await away.getByRole('button', { name: 'Try again' }).or(button).first().click()
  }
  await done.first().waitFor({ timeout: 30_000 })
}

/** Make a segment of people of a file that was imported, ready to be written to. */
async function readyCampaign(name: string): Promise<string> {
  const ask = await asSystem('main')
  const rule = { all: [{ attribute: 'family_name', op: 'equals', value: family }] }
  await expect
    .poll(async () => (await ask('POST', '/v1/segments:preview', { rule })).count, { timeout: 60_000, interval: 500 })
    .toBe(3)
  const segment = await ask('POST', '/v1/segments', { name, kind: 'live', rule })
  const draft = {
    subject: name,
    language: 'en',
    blocks: [
      { kind: 'text', text: 'Come.' },
      { kind: 'footer', text: 'Why you get this.' },
    ],
  }
  const letter = await ask('POST', '/v1/templates', { name, channel: 'email', draft })
  await ask('POST', `/v1/templates/${letter.id}:publish`)
  const campaign = await ask('POST', '/v1/campaigns', {
    name,
    segment: segment.id,
    template: letter.id,
    goal: { event: 'webinar_registered', window_hours: 72 },
    controller: 'main',
    purpose: 'marketing',
    topic: 'newsletter',
    channels: ['email'],
  })
  return campaign.id
}

describe('on a slow network', () => {
  it('a list and a card show their shapes first, and work', async () => {
    const { page, close } = await seat()
    await slowed(page)
    await page.goto(`${addresses.gateway}/clients`, { waitUntil: 'commit' })
    // The frame stands, and the page is seen to be on its way, long before there is a row.
    await page.getByRole('navigation', { name: 'Areas' }).waitFor()
    await page.locator('[aria-busy=true]').first().waitFor()
    expect(await page.locator('tbody tr[data-id]').count()).toBe(0)
    const row = page.locator('tbody tr[data-id]').first()
    await row.waitFor({ timeout: 60_000 })
    await row.focus()
    await page.keyboard.press('Enter')
    await page
      .getByRole('progressbar', { name: 'Loading' })
      .or(page.locator('.card-page[aria-busy=true]'))
      .first()
      .waitFor()
    await page.getByRole('tablist').waitFor()
    await settled(page)
    await page.goBack()
    await row.waitFor()
    await close()
  })

  it('impatient presses write a file once and send a campaign once', { timeout: 120_000 }, async () => {
    await acceptAll()
    const source = await declared(`slow-${mark}`, OPTED_IN)
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/base/imports/new')
    await slowed(page)
    const uploads = counted(page, '/v1/imports')
    const commits = counted(page, ':commit')
    const launches = counted(page, ':launch')
    await chosen(page, doctors(['Анна', 'Борис', 'Вера']), source)
    await page.getByRole('button', { name: 'Send and read' }).dblclick()
    const id = await read(page)
    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.getByRole('button', { name: 'Try it' }).click()
    const write = page.getByRole('button', { name: 'Write 3 rows' })
    await expect.poll(() => write.isEnabled(), { timeout: 30_000 }).toBe(true)
    await write.click({ clickCount: 3, delay: 20 })
    await page.getByText('All is written').first().waitFor({ timeout: 40_000 })
    expect([uploads(), commits()]).toEqual([1, 1])
    const ask = await asSystem('main')
    expect((await ask('GET', `/v1/imports/${id}`)).counts.created).toBe(3)

    const campaign = await readyCampaign(`Slow ${mark}`)
    await page.goto(`${addresses.gateway}/campaigns/${campaign}?step=send`)
    await page.getByRole('button', { name: 'Send to 3 people' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send the campaign?' })
    await dialog.getByRole('textbox').fill('3')
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Enter')
    await dialog
      .getByRole('button', { name: 'Send to 3 people' })
      .click({ force: true, clickCount: 2, timeout: 500 })
      .catch(() => null)
    await page.locator('.campaign-aside').getByText('Done', { exact: true }).waitFor({ timeout: 60_000 })
    expect(launches()).toBe(1)
    const { progress } = await ask('GET', `/v1/campaigns/${campaign}`)
    expect(progress).toMatchObject({ audience: 3, outcomes: { delivered: 3 } })
    await close()
  })
})

describe('when the gateway restarts', () => {
  it('an import that was begun goes on where it is', async () => {
    const source = await declared(`restart-${mark}`)
    const { page, go, close } = await seat()
    await go('/base/imports/new')
    await chosen(page, doctors(['Григорий', 'Дмитрий']), source, 'doctors.csv')
    await endGateway()
    const columns = page.getByText('First rows')
    await pressed(page, 'Send and read', columns)
    await read(page)

    await page.getByRole('combobox', { name: /Специальность/ }).click()
    await page.keyboard.type('Left out')
    await page.keyboard.press('Enter')
    await page.getByText('1 column is changed.').waitFor()
    await endGateway()
    await pressed(page, 'Read again', page.getByText('chosen by you'))

    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.getByRole('grid').waitFor()
    await endGateway()
    await pressed(page, 'Try it', page.getByRole('link', { name: /2 people/ }))
    await close()
  })

  it('a segment that is being built loses nothing and is saved once', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/segments/new')
    const name = `Restarted ${mark}`
    await page.getByRole('textbox', { name: 'Name of the segment' }).fill(name)
    await page.getByRole('button', { name: 'Condition' }).click()
    await page.getByRole('checkbox', { name: 'Works there now' }).check()
    await page.locator('.effect-count').waitFor()
    await endGateway()
    await page.getByRole('button', { name: 'Condition' }).click()
    await page.getByRole('checkbox', { name: 'Works there now' }).last().check()
    await pressed(page, 'Save the segment', page.getByRole('tab', { name: 'Why in or out' }))
    await page.getByRole('heading', { level: 1, name }).waitFor()
    const ask = await asSystem('main')
    const { items } = await ask('POST', '/v1/segments:search', { text: name })
    expect(items.map((each: { rule: { all: unknown[] } }) => each.rule.all.length)).toEqual([2])
    await close()
  })
})

describe('when the session ends', () => {
  it('a wizard sends what was chosen once somebody has signed in again', async () => {
    const person = 'data-steward'
    const source = await declared(`session-${mark}`)
    const { page, context, go, close } = await seat({ person })
    await go('/base/imports/new')
    await chosen(page, doctors(['Елена', 'Жанна']), source)
    await context.clearCookies()
    await page.getByRole('button', { name: 'Send and read' }).click()
    await signInAgain(page, person)
    await read(page)
    await page.getByRole('button', { name: 'Check the rows' }).click()
    const cell = page.getByRole('gridcell', { name: `d1-${mark}@clinic.example` })
    await cell.click()
    await page.keyboard.press('e')
    await page.keyboard.press('Control+a')
    await page.keyboard.type(`other-${mark}@clinic.example`)
    await context.clearCookies()
    await page.keyboard.press('Enter')
    await signInAgain(page, person)
    await page.getByRole('gridcell', { name: `other-${mark}@clinic.example` }).waitFor()
    await page.getByRole('button', { name: 'Discard the file' }).click()
    await page.getByRole('button', { name: 'Destroy the file and its rows' }).click()
    await page.getByText('The file was dropped').waitFor()
    await close()
  })
})

describe('a session that ends while somebody types', () => {
  it('in the builder leaves the rule where it is, and counts and saves it after the sign-in', async () => {
    const person = 'marketing-manager'
    const name = `Kept rule ${mark}`
    const { page, context, go, close } = await seat({ person, alone: true })
    await go('/segments/new')
    await page.getByRole('textbox', { name: 'Name of the segment' }).fill(name)
    await page.getByRole('button', { name: 'Condition' }).click()
    await context.clearCookies()
    // Told to the element itself: another request may have met the end already, and asked for the sign-in over it.
    await page.getByRole('checkbox', { name: 'Works there now' }).dispatchEvent('click')
    await signInAgain(page, person)
    await page.locator('.effect-count').waitFor()
    expect(await page.getByRole('textbox', { name: 'Name of the segment' }).inputValue()).toBe(name)
    expect(await page.getByRole('checkbox', { name: 'Works there now' }).isChecked()).toBe(true)
    await context.clearCookies()
    await page.getByRole('button', { name: 'Save the segment' }).dispatchEvent('click')
    await signInAgain(page, person)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await settled(page)
    const ask = await asSystem('main')
    expect((await ask('POST', '/v1/segments:search', { text: name })).total).toBe(1)
    await close()
  })

  it('in a letter leaves the wording where it is, and keeps all of it after the sign-in', async () => {
    const person = 'marketing-manager'
    const ask = await asSystem('main')
    const blocks = [
      { kind: 'text', text: 'The first wording' },
      { kind: 'footer', text: 'The team' },
    ]
    const name = `Kept letter ${mark}`
    const letter = await ask('POST', '/v1/templates', { name, channel: 'email', draft: { subject: name, blocks } })
    const { page, context, go, close } = await seat({ person, alone: true })
    await go(`/letters/${letter.id}`)
    const text = page.getByRole('list', { name: 'Blocks of the letter' }).getByLabel('Text', { exact: true })
    await context.clearCookies()
    await text.fill('The second wording')
    // It is kept by itself, which is where the end of the session shows; nothing goes on behind the question.
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
    expect(await text.inputValue()).toBe('The second wording')
    await signInAgain(page, person)
    const draft = async () => (await ask('GET', `/v1/templates/${letter.id}`)).draft.blocks[0].text
    await expect.poll(draft, { timeout: 20_000 }).toBe('The second wording')
    expect(await text.inputValue()).toBe('The second wording')
    await page.getByText(/^Saved/).waitFor()
    await close()
  })
})

describe('two tabs', () => {
  it('of one segment: the second one to save sees both rules and loses neither', async () => {
    const ask = await asSystem('main')
    const rule = { all: [{ affiliation: { specialty: ['cardiology'] } }] }
    const { id } = await ask('POST', '/v1/segments', { name: `Shared ${mark}`, kind: 'live', rule })
    const { page: first, go, tab, close } = await seat({ person: 'marketing-manager' })
    await go(`/segments/${id}/edit`)
    const second = await tab()
    await second.goto(`${addresses.gateway}/segments/${id}/edit`)
    await settled(second)
    const name = (page: Page) => page.getByRole('textbox', { name: 'Name of the segment' })
    const save = (page: Page) => page.getByRole('button', { name: 'Save the segment' }).click()
    await name(second).fill(`Second ${mark}`)
    await second.getByRole('checkbox', { name: 'Works there now' }).check()
    await name(first).fill(`First ${mark}`)
    await save(first)
    await first.getByRole('heading', { level: 1, name: `First ${mark}` }).waitFor()
    await save(second)
    const both = second.getByRole('alert').filter({ hasText: 'Somebody changed it before you' })
    await both.getByText(new RegExp(`^First ${mark}: `)).waitFor()
    await both.getByText(new RegExp(`^Second ${mark}: `)).waitFor()
    // What was built here stands below it, and what the other saved stands on the server.
    expect(await second.getByRole('checkbox', { name: 'Works there now' }).isChecked()).toBe(true)
    expect((await ask('GET', `/v1/segments/${id}`)).name).toBe(`First ${mark}`)
    await both.getByRole('button', { name: 'Save mine over it' }).click()
    await second.getByRole('heading', { level: 1, name: `Second ${mark}` }).waitFor()
    expect((await ask('GET', `/v1/segments/${id}`)).name).toBe(`Second ${mark}`)
    await close()
  })

  it('of one card: the second one to save sees both and chooses', async () => {
    const ask = await asSystem()
    const { id } = await ask('POST', '/v1/profiles', {
      kind: 'hcp',
      base: 'main',
      attributes: { family_name: { text: `Двойнова-${mark}` }, given_name: { text: 'Вера' } },
    })
    const { page: first, go, tab, close } = await seat()
    await go(`/clients/${id}?edit=1`)
    const second = await tab()
    await second.goto(`${addresses.gateway}/clients/${id}?edit=1`)
    await settled(second)
    await second.getByLabel('Given name').fill('Надежда')
    await second.getByLabel('Patronymic').fill('Ильинична')
    await first.getByLabel('Given name').fill('Любовь')
    await first.getByRole('button', { name: 'Save', exact: true }).click()
    await first.getByRole('heading', { level: 1, name: `Двойнова-${mark} Любовь` }).waitFor()
    await second.getByRole('button', { name: 'Save', exact: true }).click()
    const dialog = second.getByRole('dialog', { name: /changed while you were editing/ })
    const row = dialog.getByRole('row', { name: /Given name/ })
    await row.getByText('Любовь').waitFor()
    await row.getByText('Надежда').click()
    await dialog.getByRole('button', { name: 'Save what is chosen' }).click()
    await second.getByRole('heading', { level: 1, name: `Двойнова-${mark} Надежда Ильинична` }).waitFor()
    const now = await ask('GET', `/v1/profiles/${id}`)
    expect(now.attributes.given_name.value.text).toBe('Надежда')
    await first.reload()
    await first.getByRole('heading', { level: 1, name: `Двойнова-${mark} Надежда Ильинична` }).waitFor()
    await close()
  })

  it('of one campaign: what the other saved is shown before it is written over', async () => {
    const ask = await asSystem('main')
    const { id } = await ask('POST', '/v1/campaigns', { name: `Both ${mark}`, controller: 'main', channels: ['email'] })
    const { page: first, go, tab, close } = await seat({ person: 'marketing-manager' })
    await go(`/campaigns/${id}?step=what`)
    const second = await tab()
    await second.goto(`${addresses.gateway}/campaigns/${id}?step=what`)
    await settled(second)
    const name = (page: Page) => page.getByLabel('Name', { exact: true })
    await name(first).fill(`First ${mark}`)
    await first.getByText('Saved').first().waitFor()
    await name(second).fill(`Second ${mark}`)
    await second.getByRole('button', { name: 'Save mine over it' }).waitFor()
    await second.getByText(`First ${mark}`).waitFor()
    await second.getByRole('button', { name: 'Save mine over it' }).click()
    await second.getByText('Saved').first().waitFor()
    await expect.poll(async () => (await ask('GET', `/v1/campaigns/${id}`)).settings.name).toBe(`Second ${mark}`)
    await close()
  })
})
