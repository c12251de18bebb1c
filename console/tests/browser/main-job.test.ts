/** The main job by hand: a file becomes people, people a segment, the segment a letter, the letter a report. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { chosen, declared, doctors, family, OPTED_IN, read } from './files'
import { acceptAll, addresses, mark, offered, seat, settled } from './house'

const GIVEN = ['Анна', 'Борис', 'Вера', 'Глеб', 'Дарья', 'Егор']
const SITE = 'https://seminar.example/join'

/** How long screens took from the step towards them until they could be used, in milliseconds. */
const took: { screen: string; milliseconds: number }[] = []

/** Go to a screen and note how long it takes until it can be used. */
async function reached(page: Page, screen: string, go: () => Promise<unknown>, there: Locator): Promise<void> {
  const began = performance.now()
  await go()
  await there.first().waitFor()
  await settled(page)
  took.push({ screen, milliseconds: Math.round(performance.now() - began) })
}

afterAll(() => {
  const line = ({ screen, milliseconds }: (typeof took)[number]) =>
    `${screen.padEnd(44)}${`${milliseconds}`.padStart(6)} ms`
  process.stdout.write(`\nfrom a step towards a screen until it can be used:\n${took.map(line).join('\n')}\n`)
})

describe('the main job', () => {
  it('is done by hand, from the file to the report', { timeout: 240_000 }, async () => {
    await acceptAll()
    const source = await declared(`job-${mark}`, OPTED_IN)
    const { page, context, go, close } = await seat({ person: 'marketing-manager' })
    const rail = page.getByRole('navigation', { name: 'Areas' })
    const button = (name: string | RegExp) => page.getByRole('button', { name })
    const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })

    // The file.
    await reached(page, 'Today, by its address', () => go('/'), heading('Today'))
    await reached(page, 'Import: file', () => button('Import a file').click(), button(/Drop a file here/))
    await chosen(page, doctors(GIVEN), source)
    await reached(
      page,
      'Import: columns, with the file read',
      () => button('Send and read').click(),
      page.getByText('First rows'),
    )
    await read(page)
    await reached(page, 'Import: rows', () => button('Check the rows').click(), page.getByRole('grid'))
    await reached(
      page,
      'Import: trial, with its counts',
      () => button('Try it').click(),
      page.getByRole('link', { name: /6 people/ }),
    )
    await button('Write 6 rows').click()
    await page.getByText('All is written').first().waitFor()
    await page.getByRole('link', { name: /6 people/ }).waitFor()

    // One of its people.
    await page.keyboard.press('Control+k')
    const search = page.getByRole('combobox', { name: 'Search everywhere' })
    const hit = page.getByRole('group', { name: 'Clients' }).getByRole('option', { name: `${family} Вера` })
    const found = async () => {
      await search.fill('')
      await page.getByRole('option', { name: 'Import a file' }).waitFor()
      await search.fill(`${family} Вер`)
      return hit.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      )
    }
    // The index is a moment behind the writing.
    await expect.poll(found, { timeout: 20_000 }).toBe(true)
    await reached(page, 'Card of a client', () => hit.click(), heading(`${family} Вера`))
    await page.getByText(`d2-${mark}@clinic.example`).first().waitFor()

    // A segment.
    await reached(
      page,
      'List of segments',
      () => rail.getByRole('link', { name: 'Segments' }).click(),
      heading(/Segments/),
    )
    await reached(page, 'Segment: builder', () => button('Create a segment').click(), button('Condition'))
    await page.getByRole('textbox', { name: 'Name of the segment' }).fill(`Cardiologists ${mark}`)
    await button('Condition').click()
    await page.getByRole('combobox', { name: 'Specialty' }).fill('кардиол')
    await offered(page, /^Cardiology/)
    await page.keyboard.press('Escape')
    await button('Condition').click()
    await page.getByRole('combobox', { name: 'What it is about' }).last().fill('Family name')
    await offered(page, /^Family name/)
    await page.getByRole('textbox', { name: 'Value' }).fill(family)
    await expect.poll(() => page.locator('.effect-count').textContent(), { timeout: 30_000 }).toBe('6')
    await reached(page, 'Segment: its card', () => button('Save the segment').click(), heading(`Cardiologists ${mark}`))

    // A letter and a campaign.
    await reached(page, 'Campaign: what', () => button('Create a campaign').click(), page.getByLabel('Goal'))
    await page.getByLabel('Name', { exact: true }).fill(`Seminar ${mark}`)
    for (const [field, option] of [
      ['Purpose of the consent', 'Marketing'],
      ['Topic of the consent', 'Newsletter'],
    ] as const) {
      await page.getByLabel(field).click()
      await offered(page, option)
    }
    await page.getByLabel('Goal').fill('webinar_registered')
    await reached(
      page,
      'Campaign: to whom, with its reach',
      () => button('Next').click(),
      page.getByText('6 people will receive it'),
    )
    await reached(page, 'Campaign: letter', () => button('Next').click(), button('New letter'))
    const blocks = page.getByRole('list', { name: 'Blocks of the letter' })
    await reached(page, 'Letter: editor', () => button('New letter').click(), blocks)
    await blocks.getByLabel('Text', { exact: true }).fill('Come to **our** seminar.')
    await blocks.getByRole('textbox', { name: 'Link' }).fill(SITE)
    await page.getByRole('combobox', { name: 'See it as a client: name, phone or e-mail' }).fill(family)
    await offered(page, `${family} Анна`)
    await page.frameLocator('iframe.mail-body').frameLocator('iframe').getByText('Hello, Анна!').waitFor()
    await button('Send a test').click()
    const test = page.getByRole('dialog', { name: 'Test letter' })
    await test.getByRole('combobox', { name: 'Addresses' }).fill(`editor-${mark}@consilium.example`)
    await page.keyboard.press('Enter')
    await test.getByRole('button', { name: 'Send to 1 address' }).click()
    await test.getByText('Delivered').waitFor()
    await test.getByRole('button', { name: 'Close' }).last().click()
    await test.waitFor({ state: 'hidden' })
    await reached(
      page,
      'Campaign: checklist',
      () => button('Publish and check').click(),
      page.getByText('Everything is ready'),
    )
    await reached(page, 'Campaign: send', () => button('Next').click(), button('Send to 6 people'))
    await button('Send to 6 people').click()
    const launch = page.getByRole('dialog', { name: 'Send the campaign?' })
    await launch.getByRole('textbox').fill('6')
    await launch.getByRole('button', { name: 'Send to 6 people' }).click()
    await page.locator('.campaign-aside').getByText('Done', { exact: true }).waitFor({ timeout: 60_000 })
    const campaign = new URL(page.url()).pathname

    // Its reader.
    // The link is really followed to the gateway; where that leads to is nobody's address.
    const led: string[] = []
    await context.route('**/c/*', async (route) => {
      const answer = await route.fetch({ maxRedirects: 0 })
      led.push(answer.headers().location ?? '')
      await route.fulfill({ contentType: 'text/plain', body: 'Welcome to the seminar' })
    })
    const mailbox = await context.newPage()
    await mailbox.goto(addresses.mailbox)
    await mailbox.getByRole('searchbox', { name: /recipient/ }).fill(`d0-${mark}@`)
    await mailbox.getByRole('button', { name: new RegExp(`d0-${mark}@clinic.example`) }).click()
    const letter = mailbox.frameLocator('#body')
    await letter.getByText('Come to our seminar.').waitFor()
    await mailbox.getByRole('button', { name: /Pictures/ }).click()
    await letter.getByText('Come to our seminar.').waitFor()
    const [site] = await Promise.all([
      context.waitForEvent('page'),
      letter.getByRole('link', { name: 'Read more' }).click(),
    ])
    await site.getByText('Welcome to the seminar').waitFor()
    expect(led).toEqual([SITE])
    await site.close()
    await mailbox.close()

    // What came of it.
    await reached(
      page,
      'Campaign: report, by its address',
      () => go(campaign),
      page.getByRole('region', { name: 'What became of the letters' }),
    )
    const stage = (name: string) => page.locator('.stages').getByRole('listitem').filter({ hasText: name })
    const count = (name: string) => async () => ((await stage(name).textContent()) ?? '').replace(/\D/g, '')
    await expect.poll(count('Delivered'), { timeout: 30_000 }).toBe('6')
    await expect.poll(count('Opened'), { timeout: 30_000 }).toBe('1')
    await expect.poll(count('Clicked'), { timeout: 30_000 }).toBe('1')
    await reached(
      page,
      'Campaign: delivery log',
      () => stage('Clicked').getByRole('link').click(),
      page.locator('tbody').getByText(`${family} Анна`),
    )
    expect(await page.locator('tbody tr').count()).toBe(1)
    expect(decodeURIComponent(page.url())).not.toContain(family)
    await close()
  })

  it('meets no screen that keeps one waiting', async () => {
    const { page, go, close } = await seat()
    const screens = [
      '/clients',
      '/segments',
      '/campaigns',
      '/letters',
      '/base/imports',
      '/base/doubles',
      '/base/dictionaries',
      '/settings',
      '/design',
    ]
    for (const path of screens) {
      await reached(page, `${path}, by its address`, () => go(path), page.getByRole('heading', { level: 1 }))
    }
    await close()
  })
})
