/**
 * Takes a picture of every screen and its main states (`make screenshots`), light and dark, in Russian and English.
 *
 * Pictures are the same for the same data: the clock stands, nothing moves, nothing is hovered. What is chosen by
 * `npx vitest … -t 'campaign-.* light ru'` is taken again alone; CONSILIUM_SCREENS names another folder.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addresses, type Seat, seat, settled } from '../browser/house'
import { SCREENS, type Screen } from './list'
import { type Stage, set } from './stage'

const OUT = process.env.CONSILIUM_SCREENS ?? fileURLToPath(new URL('../../../docs/screens', import.meta.url))
const QUALITY = 55
const WAYS = [
  { mode: 'light', language: 'ru', rank: 3 },
  { mode: 'dark', language: 'ru', rank: 1 },
  { mode: 'light', language: 'en', rank: 1 },
  { mode: 'dark', language: 'en', rank: 2 },
] as const

let stage: Stage
beforeAll(async () => {
  mkdirSync(OUT, { recursive: true })
  stage = await set()
})

describe.each(WAYS.map((way) => [`${way.mode} ${way.language}`, way] as const))('%s', (_, { mode, language, rank }) => {
  const seats = new Map<string, Seat>()
  afterAll(async () => {
    for (const each of seats.values()) await each.context.close()
  })

  const sit = async (person = 'administrator') => {
    const known = seats.get(person) ?? (await seat({ person, language, mode }))
    seats.set(person, known)
    await known.page.emulateMedia({ reducedMotion: 'reduce', colorScheme: mode })
    await known.page.clock.setFixedTime(stage.now)
    return known
  }

  const screens = SCREENS.filter((each) => (each.rank ?? 1) <= rank).map((each) => [each.name, each] as const)
  it.each(screens)('%s', async (_, screen) => {
    const { page, wrong, context } = await sit(screen.person)
    wrong()
    await page.setViewportSize({ width: screen.width ?? 1440, height: screen.height ?? 900 })
    await page.goto(`${addresses.gateway}${screen.at(stage)}`)
    if (screen.unsettled) await page.locator('#main > *').first().waitFor()
    else await settled(page)
    await screen.reach?.(page, stage)
    if (!screen.unsettled) await settled(page)
    await still(page)
    const camera = await context.newCDPSession(page)
    const { data } = await camera.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
    await camera.detach()
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    writeFileSync(join(OUT, fileOf(screen, mode, language)), Buffer.from(data, 'base64'))
    // The clock is set in every frame, and a letter's has no right to scripts.
    const told = wrong().filter((each) => !each.includes('about:srcdoc'))
    if (!screen.unsettled) expect(told).toEqual([])
  })
})

function fileOf({ name }: Screen, mode: string, language: string): string {
  return `${name}-${mode}-${language}.webp`
}

/** Wait until pictures, letters and type are there, and take the pointer away. */
async function still(page: Seat['page']): Promise<void> {
  await page.mouse.move(0, 0)
  await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {})
  await page.evaluate(async () => {
    await document.fonts.ready
    for (let frame = 0; frame < 3; frame += 1) await new Promise((go) => requestAnimationFrame(go))
  })
}
