/** Names that would like to be more than names are names everywhere: no script, no other reading order, no broken screen. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chosen, read, sheet } from './files'
import { beyond } from './fits'
import { asSystem, mark, seat, settled } from './house'

const SCRIPT = '<img src=x onerror=alert(1)>'
const RIGHT_TO_LEFT = 'שלום וברכה'
/** Two hundred characters without a place to break, the most that a name of a thing may have. */
const NAME = `${SCRIPT} ${RIGHT_TO_LEFT} ${mark} `.padEnd(200, 'Щ')
const MAIL = `hostile-${mark}@clients.example`

/** Hold that a screen shows such names and nothing else has come of them. */
async function harmless(page: Page): Promise<void> {
  expect(await page.locator('img[src="x"]').count(), 'a name became an element').toBe(0)
  expect(await beyond(page), page.url()).toEqual([])
}

describe('hostile names', () => {
  it('of a person harm no screen of clients', async () => {
    const ask = await asSystem()
    const { id, etag } = await ask('POST', '/v1/profiles', {
      kind: 'hcp',
      base: 'main',
      attributes: { family_name: { text: `${SCRIPT}${'Ж'.repeat(270)}` }, given_name: { text: RIGHT_TO_LEFT } },
      contacts: [{ kind: 'email', value: MAIL }],
      affiliations: [{ organisation_name: `<script>alert(2)</script> ${'שלום '.repeat(50)}`, specialty: 'cardiology' }],
    })
    await ask('POST', '/v1/profiles:search', { at_least: etag, page_size: 1 })
    const { page, go, close } = await seat({ width: 1280, height: 800 })
    await go('/clients')
    await page.keyboard.press('/')
    await page.keyboard.type(MAIL)
    const row = page.getByRole('row', { name: /<img src=x/ })
    await expect.poll(() => row.count()).toBe(1)
    await settled(page)
    await harmless(page)
    await row.click()
    await page.getByRole('complementary', { name: 'Preview' }).getByText(MAIL).waitFor()
    await harmless(page)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search everywhere' }).fill(MAIL)
    await page.getByRole('option', { name: /<img src=x/ }).waitFor()
    await harmless(page)
    for (const view of ['tab=data', 'tab=places', 'tab=consents', 'tab=timeline', 'tab=history', 'edit=1']) {
      await go(`/clients/${id}?${view}`)
      await harmless(page)
    }
    // What reads from right to left turns nothing around it: it stands by itself.
    await go(`/clients/${id}`)
    const alone = page.getByRole('heading', { level: 1 }).evaluate((each) => {
      const inner = each.querySelector('bdi') ?? each
      return /isolate/.test(getComputedStyle(inner).unicodeBidi)
    })
    expect(await alone).toBe(true)
    await close()
  })

  it('of a segment, a letter and a campaign harm no screen of theirs', async () => {
    const ask = await asSystem('main')
    const rule = { all: [{ attribute: 'family_name', op: 'contains', value: SCRIPT }] }
    const segment = await ask('POST', '/v1/segments', { name: NAME, kind: 'live', rule })
    const blocks = [
      { kind: 'heading', level: 1, text: NAME },
      { kind: 'text', text: `${NAME} <script>alert(3)</script>` },
      { kind: 'button', text: SCRIPT, address: 'https://seminar.example/join' },
      { kind: 'footer', text: NAME },
    ]
    const draft = { subject: NAME, preheader: NAME, from_name: SCRIPT, language: 'en', blocks }
    const letter = await ask('POST', '/v1/templates', { name: NAME, channel: 'email', draft })
    const campaign = await ask('POST', '/v1/campaigns', {
      name: NAME,
      segment: segment.id,
      template: letter.id,
      goal: { event: 'webinar_registered', window_hours: 72 },
      controller: 'main',
      purpose: 'marketing',
      topic: 'newsletter',
      channels: ['email'],
    })
    const { page, go, close } = await seat({ person: 'marketing-manager', width: 1280, height: 800 })
    const steps = ['what', 'whom', 'letter', 'check', 'send']
    for (const path of [
      '/',
      '/segments',
      ...['people', 'rule', 'why', 'history'].map((tab) => `/segments/${segment.id}?tab=${tab}`),
      `/segments/${segment.id}/edit`,
      '/letters',
      `/letters/${letter.id}`,
      '/campaigns',
      ...steps.map((step) => `/campaigns/${campaign.id}?step=${step}`),
    ]) {
      await go(path)
      await harmless(page)
    }
    await go(`/letters/${letter.id}`)
    const made = page.frameLocator('iframe.mail-body').frameLocator('iframe')
    await made.getByText(SCRIPT).last().waitFor()
    expect(await made.locator('img[src="x"], script').count()).toBe(0)
    await close()
  })

  it('of a file, its columns, its cells and its source harm no screen of imports', async () => {
    const ask = await asSystem()
    const key = `names-${mark}`
    const title = `${mark} ${NAME}`.slice(0, 200)
    await ask('POST', '/v1/sources', { key, title, base: 'main', kind: 'hcp', key_columns: ['email'] })
    const { page, go, close } = await seat({ width: 1280, height: 800 })
    await go('/base/imports/new')
    const people = sheet(
      ['ФИО', 'E-mail', `${SCRIPT} ${'Ы'.repeat(200)}`, RIGHT_TO_LEFT],
      [`${SCRIPT} Иванов`, `cell-${mark}@clinic.example`, SCRIPT, '\u202eгпж.еманзи'],
      ['=HYPERLINK("http://x.example")', `cell2-${mark}@clinic.example`, 'Ю'.repeat(3000), RIGHT_TO_LEFT],
    )
    await chosen(page, people, mark, `${SCRIPT}${'д'.repeat(150)}.csv`)
    await harmless(page)
    await page.getByRole('button', { name: 'Send and read' }).click()
    const id = await read(page)
    for (const path of [`${id}/columns`, `${id}/rows`, `${id}/trial`, `${id}/quality`, '']) {
      await go(`/base/imports/${path}`)
      await harmless(page)
    }
    await go('/')
    await harmless(page)
    await ask('POST', `/v1/imports/${id}:cancel`)
    await close()
  })
})
