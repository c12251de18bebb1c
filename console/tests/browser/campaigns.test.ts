import { describe, expect, it } from 'vitest'
import { accessible } from './fits'
import { acceptAll, asSystem, newMark, offered, seat, settled } from './house'

const BASE = 'main'
const PEOPLE = 4

/** Make a segment of a few invented people who agreed to letters, and wait until the index knows them. */
async function audience(mark: string): Promise<string> {
  const ask = await asSystem(BASE)
  for (let place = 0; place < PEOPLE; place += 1) {
    const value = `${mark}-${place}@clinic.example`
    const person = await ask('POST', '/v1/profiles', {
      kind: 'contact',
      base: BASE,
      attributes: { family_name: { text: `Пробный ${mark}` }, given_name: { text: place ? `Имя${place}` : 'Анна' } },
      contacts: [{ kind: 'email', value }],
    })
    const key = { controller: BASE, purpose: 'marketing', topic: 'newsletter', channel: 'email' }
    await ask('POST', `/v1/profiles/${person.id}/consents:grant`, {
      key: { ...key, contact_kind: 'email', contact_value: value },
      evidence: { kind: 'paper-form' },
    })
  }
  const rule = { all: [{ attribute: 'family_name', op: 'in', value: [`Пробный ${mark}`] }] }
  await expect
    .poll(async () => (await ask('POST', '/v1/segments:preview', { rule })).count, { timeout: 60_000, interval: 1000 })
    .toBe(PEOPLE)
  const segment = await ask('POST', '/v1/segments', { name: `Пробный сегмент ${mark}`, kind: 'live', rule })
  return segment.name
}

/** Write a letter and publish it. */
async function written(ask: Awaited<ReturnType<typeof asSystem>>, name: string): Promise<string> {
  const blocks = [
    { kind: 'text', text: 'Hello' },
    { kind: 'footer', text: 'The team' },
  ]
  const letter = await ask('POST', '/v1/templates', { name, channel: 'email', draft: { subject: name, blocks } })
  await ask('POST', `/v1/templates/${letter.id}:publish`, {})
  return letter.id
}

describe('campaigns', () => {
  it('leads from a name to letters sent, their log and their report', async () => {
    const mark = newMark()
    await acceptAll()
    const segment = await audience(mark)
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go('/campaigns')
    await page.getByRole('button', { name: 'Create a campaign' }).click()

    await page.getByLabel('Name', { exact: true }).fill(`Trial ${mark}`)
    for (const [field, option] of [
      ['Purpose of the consent', 'Marketing'],
      ['Topic of the consent', 'Newsletter'],
    ] as const) {
      await page.getByLabel(field).click()
      await offered(page, option)
    }
    await page.getByLabel('Goal').fill('webinar_registered')
    await page.getByRole('button', { name: 'Next' }).click()

    await page.waitForURL(/step=whom/)
    await page.getByRole('combobox', { name: 'Choose a segment' }).fill(segment)
    await offered(page, segment)
    await page.getByText(`${PEOPLE} people will receive it`).waitFor()
    await accessible(page)
    await page.getByRole('button', { name: 'Next' }).click()

    await page.waitForURL(/step=letter/)
    await page.getByRole('button', { name: 'New letter' }).click()
    const blocks = page.getByRole('list', { name: 'Blocks of the letter' })
    await blocks.getByLabel('Text', { exact: true }).fill('Come to **our** seminar.')
    await blocks.getByRole('textbox', { name: 'Link' }).fill('https://seminar.example/join')
    await page.getByLabel('Preheader').fill('Soon')
    // Moved by keys, and back by undo.
    await blocks.getByLabel('Text', { exact: true }).press('Alt+ArrowUp')
    await expect.poll(() => blocks.locator('li textarea, li input').first().inputValue()).toContain('seminar')
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => blocks.locator('li textarea, li input').first().inputValue()).toContain('Hello')
    await page.getByRole('combobox', { name: 'See it as a client: name, phone or e-mail' }).fill(mark)
    await offered(page, mark)
    const letter = page.frameLocator('iframe.mail-body').frameLocator('iframe')
    await letter.getByText('Come to our seminar.').waitFor()
    expect(page.url()).not.toContain(mark)
    await accessible(page)
    await page.getByRole('button', { name: 'Publish and check' }).click()

    await page.waitForURL(/step=check/)
    await page.getByText('Everything is ready').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()

    await page.waitForURL(/step=send/)
    await page.getByRole('button', { name: `Send to ${PEOPLE} people` }).click()
    const dialog = page.getByRole('dialog', { name: 'Send the campaign?' })
    const send = dialog.getByRole('button', { name: `Send to ${PEOPLE} people` })
    expect(await send.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill(String(PEOPLE))
    await send.click()

    await page.locator('.campaign-aside').getByText('Done', { exact: true }).waitFor({ timeout: 90_000 })
    await page.getByRole('region', { name: 'What became of the letters' }).waitFor()
    await accessible(page)
    await page.locator('.stages').getByRole('listitem').filter({ hasText: 'Delivered' }).getByRole('link').click()
    await page.waitForURL(/tab=log.*result=delivered/)
    await expect.poll(() => page.locator('tbody tr').count()).toBe(PEOPLE)
    await page.locator('tbody').getByText(`Пробный ${mark}`).first().waitFor()
    await accessible(page)
    await close()
  })

  it('pauses, goes on and stops while letters are going out, and lists whom it reached', async () => {
    const mark = newMark()
    await acceptAll()
    const segment = await audience(mark)
    const ask = await asSystem(BASE)
    const { items } = await ask('POST', '/v1/segments:search', { text: segment })
    const letter = await written(ask, `Slow ${mark}`)
    const consent = { controller: BASE, purpose: 'marketing', topic: 'newsletter' }
    const campaign = await ask('POST', '/v1/campaigns', {
      name: `Slow ${mark}`,
      segment: items[0].id,
      template: letter,
      goal: { event: 'webinar_registered', window_hours: 24 },
      channels: ['email'],
      rate_per_minute: 1,
      ...consent,
    })
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go(`/campaigns/${campaign.id}?step=check`)
    const reach = page.getByRole('region', { name: 'Whom it reaches' })
    await reach.locator('.people-door').first().click()
    await expect.poll(() => page.locator('.behind-people li').count()).toBe(PEOPLE)
    await page.keyboard.press('Escape')
    await ask('POST', `/v1/campaigns/${campaign.id}:launch`, {})
    await page.reload()
    const aside = page.locator('.campaign-aside')
    await page.getByRole('button', { name: 'Pause' }).click({ timeout: 60_000 })
    await aside.getByText('Paused').waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    const resuming = page.getByRole('dialog', { name: 'Resume the campaign?' })
    await resuming.getByText(`Slow ${mark}`).waitFor()
    await resuming.getByText(/more letters? begins? to go out at once/).waitFor()
    expect((await ask('GET', `/v1/campaigns/${campaign.id}`)).state).toBe('paused')
    await resuming.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    const dialog = page.getByRole('dialog', { name: 'Stop the campaign?' })
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await aside.getByText('Stopped').waitFor()
    // Whom the stop was quicker than waits for nothing.
    await aside.getByText('Never sent').waitFor()
    expect(await aside.getByText('Waiting').count()).toBe(0)
    await accessible(page)
    await close()
  })

  it('stands beside others that were sent to the same segment', { timeout: 180_000 }, async () => {
    const mark = newMark()
    await acceptAll()
    const ask = await asSystem(BASE)
    const { items } = await ask('POST', '/v1/segments:search', { text: await audience(mark) })
    const letter = await written(ask, `Compared ${mark}`)
    for (const name of [`First ${mark}`, `Second ${mark}`]) {
      const campaign = await ask('POST', '/v1/campaigns', {
        name,
        segment: items[0].id,
        template: letter,
        goal: { event: 'webinar_registered', window_hours: 24 },
        channels: ['email'],
        controller: BASE,
        purpose: 'marketing',
        topic: 'newsletter',
      })
      await ask('POST', `/v1/campaigns/${campaign.id}:launch`, {})
      const state = async () => (await ask('GET', `/v1/campaigns/${campaign.id}`)).state
      await expect.poll(state, { timeout: 60_000, interval: 500 }).toBe('done')
    }
    const reached = { metrics: ['reached'], dimensions: ['campaign'], segment: items[0].id }
    const told = async () => (await ask('POST', '/v1/reports:query', reached)).rows.length
    await expect.poll(told, { timeout: 60_000, interval: 1000 }).toBe(2)
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    await go(`/segments/${items[0].id}?tab=campaigns`)
    for (const name of [`First ${mark}`, `Second ${mark}`]) {
      const row = page.getByRole('row', { name: new RegExp(name) })
      await row.getByRole('button', { name: `Reached: ${PEOPLE}` }).waitFor()
    }
    await page.getByText('How many people each reached').first().waitFor()
    await settled(page)
    await accessible(page)
    await page
      .getByRole('button', { name: `Reached: ${PEOPLE}` })
      .first()
      .click()
    await expect.poll(() => page.locator('.behind-people li').count()).toBe(PEOPLE)
    await close()
  })

  it('is open to everybody', async () => {
    const { page, go, close } = await seat({ person: 'marketing-manager' })
    for (const path of ['/campaigns', '/campaigns/new', '/letters']) {
      await go(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await accessible(page)
    }
    await close()
  })
})
