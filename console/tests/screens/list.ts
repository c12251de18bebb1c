/** Every screen of the console and how to come to its states, by addresses and keys: the same in every language. */
import type { Page } from 'playwright-core'
import type { Stage } from './stage'

export interface Screen {
  /** `screen-state`, as the picture is called. */
  name: string
  at(stage: Stage): string
  /** From the address to the state. */
  reach?(page: Page, stage: Stage): Promise<void>
  person?: string
  /** 2: in Russian and light, in English and dark only; 3: in Russian and light only. */
  rank?: 2 | 3
  /** A state that never settles, or is told by a failure. */
  unsettled?: boolean
  width?: number
  height?: number
}

const button = (page: Page, place: string) => page.locator(place).first().click()

/** Move to the first row of a list by its key, and on by others. */
async function keys(page: Page, ...pressed: string[]): Promise<void> {
  await page.locator('tbody tr[data-id]').first().waitFor()
  for (const key of ['j', ...pressed]) await page.keyboard.press(key)
}

const GALLERY = {
  list: ['loading', 'empty', 'failing', 'stale', 'noRight', 'partial'],
  card: ['loading', 'failing', 'partial'],
  wizard: ['loading', 'empty', 'failing'],
  builder: ['loading', 'empty', 'failing', 'partial'],
  queue: ['loading', 'empty'],
}

export const SCREENS: readonly Screen[] = [
  { name: 'today-whole', at: () => '/' },
  { name: 'today-role', at: () => '/', person: 'partner-operator', rank: 2 },
  {
    name: 'search-people',
    at: () => '/',
    reach: async (page) => {
      await page.keyboard.press('Control+K')
      await page.getByRole('combobox').or(page.getByRole('dialog').locator('input')).first().fill('Иванова')
      await page.locator('.hit').nth(3).waitFor()
    },
  },
  {
    name: 'keys-open',
    at: () => '/clients',
    reach: async (page) => {
      await page.keyboard.press('?')
      await page.locator('dl.keys').waitFor()
    },
    rank: 2,
  },
  { name: 'clients-list', at: () => '/clients' },
  { name: 'clients-filtered', at: () => '/clients?specialty=paediatrics&city=moscow' },
  {
    name: 'clients-preview',
    at: () => '/clients?specialty=paediatrics',
    reach: async (page) => {
      await keys(page, 'j', 'Space')
      await page.locator('.preview-body dl').first().waitFor()
    },
  },
  {
    name: 'clients-chosen',
    at: () => '/clients?specialty=paediatrics',
    reach: (page) => keys(page, 'x', 'j', 'x', 'j', 'x'),
    rank: 2,
  },
  { name: 'clients-none', at: () => '/clients?specialty=paediatrics&city=nowhere', rank: 2 },
  {
    name: 'clients-new',
    at: () => '/clients?new=1',
    reach: (page) => page.locator('.ant-drawer form, .ant-modal form').first().waitFor(),
    rank: 2,
  },
  { name: 'client-data', at: ({ client }) => `/clients/${client}` },
  { name: 'client-edit', at: ({ client }) => `/clients/${client}?edit=1`, rank: 2 },
  { name: 'client-places', at: ({ client }) => `/clients/${client}?tab=places`, rank: 2 },
  { name: 'client-consents', at: ({ client }) => `/clients/${client}?tab=consents` },
  { name: 'client-segments', at: ({ client }) => `/clients/${client}?tab=segments`, rank: 2 },
  { name: 'client-messages', at: ({ client }) => `/clients/${client}?tab=messages`, rank: 2 },
  { name: 'client-timeline', at: ({ client }) => `/clients/${client}?tab=timeline` },
  { name: 'client-history', at: ({ client }) => `/clients/${client}?tab=history`, rank: 2 },
  { name: 'segments-list', at: () => '/segments' },
  { name: 'segment-new', at: () => '/segments/new', rank: 2 },
  {
    name: 'segment-builder',
    at: ({ segment }) => `/segments/${segment}/edit`,
    reach: (page) => page.locator('.effect-sample li').first().waitFor(),
  },
  { name: 'segment-people', at: ({ segment }) => `/segments/${segment}` },
  {
    name: 'segment-rule',
    at: ({ segment }) => `/segments/${segment}?tab=rule`,
    reach: (page) => page.locator('.effect-sample li').first().waitFor(),
    rank: 2,
  },
  { name: 'segment-why', at: ({ segment }) => `/segments/${segment}?tab=why`, rank: 2 },
  { name: 'segment-history', at: ({ segment }) => `/segments/${segment}?tab=history`, rank: 2 },
  { name: 'campaigns-list', at: () => '/campaigns' },
  { name: 'campaign-what', at: ({ draft }) => `/campaigns/${draft}?step=what`, rank: 2 },
  { name: 'campaign-whom', at: ({ draft }) => `/campaigns/${draft}?step=whom` },
  { name: 'campaign-letter', at: ({ draft }) => `/campaigns/${draft}?step=letter` },
  { name: 'campaign-check', at: ({ draft }) => `/campaigns/${draft}?step=check` },
  { name: 'campaign-send', at: ({ draft }) => `/campaigns/${draft}?step=send`, rank: 2 },
  {
    name: 'campaign-confirm',
    at: ({ draft }) => `/campaigns/${draft}?step=send`,
    reach: async (page) => {
      await button(page, '.wizard-foot button')
      await page.getByRole('dialog').locator('.danger-sample, .danger-object').first().waitFor()
    },
  },
  {
    name: 'campaign-report',
    at: ({ campaign }) => `/campaigns/${campaign}`,
    reach: (page) => page.locator('.stages').waitFor(),
  },
  { name: 'campaign-log', at: ({ campaign }) => `/campaigns/${campaign}?tab=log` },
  { name: 'campaign-settings', at: ({ campaign }) => `/campaigns/${campaign}?tab=about`, rank: 2 },
  { name: 'letters-list', at: () => '/letters', rank: 2 },
  { name: 'letter-editor', at: ({ letter }) => `/letters/${letter}` },
  { name: 'imports-list', at: () => '/base/imports' },
  { name: 'import-file', at: () => '/base/imports/new', rank: 2 },
  { name: 'import-columns', at: ({ waiting }) => `/base/imports/${waiting}/columns` },
  {
    name: 'import-rows',
    at: ({ waiting }) => `/base/imports/${waiting}/rows`,
    reach: async (page) => {
      await page.locator('#cell-0-0').waitFor()
      await page.keyboard.press('n')
    },
  },
  { name: 'import-trial', at: ({ waiting }) => `/base/imports/${waiting}/trial` },
  { name: 'import-result', at: ({ taken }) => `/base/imports/${taken}/result`, rank: 2 },
  { name: 'import-quality', at: ({ taken }) => `/base/imports/${taken}/quality` },
  { name: 'doubles-queue', at: () => '/base/doubles', rank: 2 },
  { name: 'dictionaries-list', at: () => '/base/dictionaries?name=specialties', rank: 2 },
  { name: 'settings-whole', at: () => '/settings', rank: 2 },
  { name: 'page-none', at: () => '/segments/nothing/at/all', rank: 2 },
  {
    name: 'campaigns-held',
    at: () => '/campaigns',
    reach: async (page, { now }) => {
      // As a declared period would be told; declared for real, it would stand over every other picture.
      await page.route('**/v1/me', async (route) => {
        const me = await (await route.fetch()).json()
        const days = (count: number) => new Date(now.getTime() + count * 86_400_000).toISOString()
        const times = { begin_time: days(-1), end_time: days(5) }
        const held = { id: 'held', title: 'Конгресс педиатров', scopes: ['publishing', 'imports'] }
        await route.fulfill({ json: { ...me, freezes: [{ ...held, ...times, declared_by: '' }] } })
      })
      await page.reload()
      await page.getByRole('status').filter({ hasText: 'Конгресс педиатров' }).waitFor()
      await page.locator('tbody tr[data-id]').first().waitFor()
    },
  },
  {
    name: 'segments-failing',
    at: () => '/segments',
    reach: async (page) => {
      await page.route('**/v1/segments:search', (route) => route.abort())
      await page.reload()
      await page.getByRole('alert').waitFor()
    },
    rank: 2,
    unsettled: true,
  },
  ...['tokens', 'pieces', 'charts', 'states', ...Object.keys(GALLERY)].map((part) => ({
    name: `design-${part}`,
    at: () => `/design?part=${part}`,
    // It shows what loading looks like.
    unsettled: part === 'states',
    rank: 2 as const,
  })),
  ...Object.entries(GALLERY).flatMap(([part, states]) =>
    states.map((state) => ({
      name: `design-${part}-${state}`,
      at: () => `/design?part=${part}&state=${state}`,
      rank: 3 as const,
      unsettled: true,
    })),
  ),
]
