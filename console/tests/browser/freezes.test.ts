/** A period without changes: declared by hand, told to everybody, holding back what it says, set aside, and lifted. */
import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { chosen, declared, doctors, read } from './files'
import { accessible } from './fits'
import { acceptAll, asSystem, mark, seat, settled } from './house'

const TITLE = `Congress ${mark}`

afterEach(async () => {
  // Whatever became of the test: nobody else's is to be held back.
  const ask = await asSystem()
  const { items } = await ask('GET', '/v1/freezes')
  for (const each of items.filter((one: { title: string }) => one.title === TITLE)) {
    await ask('POST', `/v1/freezes/${each.id}:lift`, {})
  }
})

const soon = () => new Date(Date.now() + 5 * 86_400_000)

/** Write a letter that nobody has published. */
async function written(): Promise<string> {
  const ask = await asSystem('main')
  const blocks = [
    { kind: 'text', text: 'Hello' },
    { kind: 'footer', text: 'The team' },
  ]
  const letter = await ask('POST', '/v1/templates', {
    name: TITLE,
    channel: 'email',
    draft: { subject: TITLE, blocks },
  })
  return letter.id
}

/** Make a campaign to one person whom nobody else is called like, which wants nothing but its launch. */
async function ready(): Promise<string> {
  await acceptAll()
  const ask = await asSystem('main')
  const value = `held-${mark}@clinic.example`
  const person = await ask('POST', '/v1/profiles', {
    kind: 'contact',
    base: 'main',
    attributes: { family_name: { text: TITLE }, given_name: { text: 'Анна' } },
    contacts: [{ kind: 'email', value }],
  })
  const consent = { controller: 'main', purpose: 'marketing', topic: 'newsletter' }
  await ask('POST', `/v1/profiles/${person.id}/consents:grant`, {
    key: { ...consent, channel: 'email', contact_kind: 'email', contact_value: value },
    evidence: { kind: 'paper-form' },
  })
  const rule = { all: [{ attribute: 'family_name', op: 'equals', value: TITLE }] }
  const segment = await ask('POST', '/v1/segments', { name: TITLE, kind: 'live', rule })
  const template = await written()
  await ask('POST', `/v1/templates/${template}:publish`)
  const campaign = await ask('POST', '/v1/campaigns', {
    name: TITLE,
    segment: segment.id,
    template,
    goal: { event: 'webinar_registered', window_hours: 24 },
    channels: ['email'],
    ...consent,
  })
  return campaign.id
}

/** Press the launch of a ready campaign, and name the number of its people. */
async function launched(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Send to 1 person' }).click()
  const dialog = page.getByRole('dialog', { name: 'Send the campaign?' })
  await dialog.getByRole('textbox').fill('1')
  // It grows as it opens: a press would begin on the button and end beside it.
  await dialog.evaluate((box) => Promise.all(box.getAnimations().map((each) => each.finished)))
  await dialog.getByRole('button', { name: 'Send to 1 person' }).click()
}

it('tells everybody what is held back and until when, refuses in words, and is lifted', async () => {
  const letter = await written()
  const administrator = await seat()
  const { page } = administrator
  await administrator.go('/settings')
  const section = page.getByRole('region', { name: 'Periods without changes' })
  await section.getByRole('button', { name: 'Declare a period' }).click()
  const dialog = page.getByRole('dialog', { name: 'Declare a period' })
  const send = dialog.getByRole('button', { name: 'Declare', exact: true })
  await send.click()
  expect(await dialog.getByText('Fill this in').count()).toBe(2)
  await dialog.getByLabel('What it is for').fill(TITLE)
  await dialog.getByLabel('Imports').uncheck()
  await dialog.getByLabel('New rights').uncheck()
  const end = dialog.getByLabel('Ends')
  await end.fill('1 Jan 2100, 00:00')
  await end.press('Enter')
  await send.click()
  await dialog.getByText('In the future, after the begin, and 31 days later at most').waitFor()
  await accessible(page)
  const day = soon()
  const month = day.toLocaleString('en', { month: 'short' })
  await end.fill(`${day.getDate()} ${month} ${day.getFullYear()}, 18:00`)
  await end.press('Enter')
  await send.click()
  await dialog.waitFor({ state: 'hidden' })
  const line = page.getByRole('status').filter({ hasText: TITLE })
  await line.getByText(/^Held back until .*06:00 PM: /).waitFor()
  await line.getByText('publishing letters, launching campaigns').waitFor()
  await settled(page)
  await accessible(page)

  const marketer = await seat({ person: 'marketing-manager' })
  await marketer.go(`/letters/${letter}`)
  await marketer.page.getByRole('status').filter({ hasText: TITLE }).waitFor()
  await marketer.page.getByRole('button', { name: 'Publish', exact: true }).click()
  await marketer.page.getByText('This is held back now').first().waitFor()
  await marketer.go('/settings')
  expect(await marketer.page.getByRole('region', { name: 'Periods without changes' }).count()).toBe(0)
  await marketer.close()

  await section.getByRole('listitem').filter({ hasText: TITLE }).getByRole('button', { name: 'Lift' }).click()
  await page.getByRole('tooltip').getByRole('button', { name: 'Lift' }).click()
  await section.getByRole('listitem').filter({ hasText: TITLE }).getByText('Lifted').waitFor()
  await line.waitFor({ state: 'detached' })
  await administrator.close()
})

it('is set aside by name, by whoever may: a letter, a file, its writing, a launch; the trail has each', async () => {
  const letter = await written()
  const campaign = await ready()
  const source = await declared(`held-${mark}`)
  const ask = await asSystem()
  const freeze = await ask('POST', '/v1/freezes', {
    title: TITLE,
    end_time: soon().toISOString(),
    scopes: ['publishing', 'imports'],
  })
  const { page, go, close } = await seat()
  const dialog = page.getByRole('dialog', { name: 'This is held back now. Do it all the same?' })
  const told = async () => {
    const { items } = await ask('GET', `/v1/audit?subject=${freeze.id}`)
    return items.filter((each: { action: string }) => each.action === 'freezes.override').length
  }
  /** Go on in spite of the period, which is named first. */
  const goOn = async () => {
    const button = dialog.getByRole('button', { name: 'Do it all the same' })
    await dialog.getByText(TITLE).first().waitFor()
    expect(await button.isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill(TITLE)
    await button.click()
    await dialog.waitFor({ state: 'hidden' })
  }

  await go(`/letters/${letter}`)
  const publish = page.getByRole('button', { name: 'Publish', exact: true })
  await publish.click()
  await dialog.getByText(/^Held back until .*: publishing letters, launching campaigns and imports$/).waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('This is held back now').first().waitFor()
  expect((await ask('GET', `/v1/templates/${letter}`)).version).toBe(0)
  expect(await told()).toBe(0)
  await publish.click()
  await goOn()
  await page.getByText('Version 1').waitFor()
  await expect.poll(told, { timeout: 20_000 }).toBe(1)

  await go('/base/imports/new')
  await chosen(page, doctors(['Анна', 'Борис']), source)
  await page.getByRole('button', { name: 'Send and read' }).click()
  await goOn()
  await read(page)
  await page.getByRole('button', { name: 'Check the rows' }).click()
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('button', { name: 'Write 2 rows' }).click()
  await goOn()
  await page.getByText('All is written').first().waitFor()
  await expect.poll(told, { timeout: 20_000 }).toBe(3)

  const standing = async () => (await ask('GET', `/v1/campaigns/${campaign}`)).state
  const marketer = await seat({ person: 'marketing-manager' })
  await marketer.go(`/campaigns/${campaign}?step=send`)
  await launched(marketer.page)
  const launch = marketer.page.getByRole('dialog', { name: 'Send the campaign?' })
  await launch.getByText('This is held back now').waitFor()
  expect(await standing()).toBe('draft')
  await marketer.close()

  await go(`/campaigns/${campaign}?step=send`)
  await launched(page)
  await goOn()
  await page.locator('.campaign-aside').getByRole('heading', { name: TITLE }).waitFor()
  await expect.poll(standing, { timeout: 20_000 }).toBe('done')
  await expect.poll(told, { timeout: 20_000 }).toBe(4)
  await close()
})
