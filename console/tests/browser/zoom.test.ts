/** At 200 % every screen can still be used: nothing lies beyond the window, nothing is cut off. */
import { describe, expect, it } from 'vitest'
import { beyond } from './fits'
import { addresses, asSystem, seat } from './house'

/** Return the id of the first of something, as the public API lists it. */
async function first(method: string, path: string, body?: unknown): Promise<string> {
  const ask = await asSystem()
  return (await ask(method, path, body)).items[0].id
}

const SCREENS: Record<string, () => Promise<string[]>> = {
  today: async () => ['/', '/settings'],
  clients: async () => {
    const consent = { all: [{ consent: { channel: ['email'] } }] }
    const id = await first('POST', '/v1/profiles:search', { filter: consent, page_size: 1 })
    const tabs = ['data', 'places', 'consents', 'segments', 'messages', 'timeline', 'history']
    return ['/clients?channel=email', ...tabs.map((tab) => `/clients/${id}?tab=${tab}`), `/clients/${id}?edit=1`]
  },
  segments: async () => {
    const id = await first('GET', '/v1/segments')
    const tabs = ['people', 'rule', 'why', 'history']
    return ['/segments', '/segments/new', ...tabs.map((tab) => `/segments/${id}?tab=${tab}`), `/segments/${id}/edit`]
  },
  campaigns: async () => {
    const id = await first('GET', '/v1/campaigns?state=done')
    const tabs = ['report', 'log', 'settings']
    return ['/campaigns', '/campaigns/new', ...tabs.map((tab) => `/campaigns/${id}?tab=${tab}`)]
  },
  letters: async () => ['/letters', `/letters/${await first('GET', '/v1/templates')}`],
  base: async () => {
    const id = await first('GET', '/v1/imports?state=committed')
    const steps = ['columns', 'rows', 'result', 'quality']
    const screens = ['/base/imports', '/base/imports/new', '/base/doubles', '/base/dictionaries']
    return [...screens, ...steps.map((step) => `/base/imports/${id}/${step}`)]
  },
  gallery: async () =>
    ['tokens', 'pieces', 'charts', 'states', 'list', 'card', 'wizard', 'builder', 'queue'].map(
      (part) => `/design?part=${part}`,
    ),
}

describe('at 200 %', () => {
  it.each(Object.keys(SCREENS))('%s', async (area) => {
    const { page, go, close } = await seat({ width: 1440, height: 900, zoom: 2 })
    const found: Record<string, string[]> = {}
    for (const path of (await SCREENS[area]?.()) ?? []) {
      // The gallery shows what is being loaded for ever.
      if (area === 'gallery') {
        await page.goto(`${addresses.gateway}${path}`)
        await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Loading' }).first().waitFor()
      } else {
        await go(path)
      }
      const wrong = await beyond(page)
      if (wrong.length > 0) found[path] = wrong
    }
    expect(found).toEqual({})
    await close()
  })
})
