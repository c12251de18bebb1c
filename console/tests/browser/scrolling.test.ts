/**
 * A long file, scrolled: what is seen is there, and no more of it is drawn than that. How smoothly it goes is a figure
 * to be read and no judgement, since the machine decides it with us.
 */
import type { Locator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { imported } from './files'
import { mark, seat } from './house'

const ROWS = 10_000
/** Milliseconds of scrolling that are looked at. */
const LOOKED = 4000
/** Pixels that the wheel turns at every frame: some 70 rows a second. */
const TURN = 40
/** Rows that are drawn at most: those that a window of 900 pixels shows, and a dozen above and below. */
const DRAWN = 60

/** Look at the rows that are drawn: how many there are, and which one of the file stands at the top with what in it. */
async function seen(table: Locator): Promise<{ drawn: number; row: number; text: string }> {
  return table.evaluate((element) => {
    const rows = [...element.querySelectorAll<HTMLElement>('.virtual-row')]
    const head = element.querySelector('.virtual-head')?.getBoundingClientRect().bottom ?? 0
    const top = rows.find((row) => row.getBoundingClientRect().top >= head)
    const text = top?.querySelector('[aria-colindex="3"]')?.textContent ?? ''
    return { drawn: rows.length, row: Number(top?.ariaRowIndex ?? 0) - 2, text }
  })
}

describe(`a table of ${ROWS} rows`, () => {
  it('draws what is seen and shows it at any place, at so many frames a second', { timeout: 240_000 }, async () => {
    const { page, go, close } = await seat()
    await go(`/base/imports/${await imported(`long-${mark}`, ROWS)}/rows`)
    const table = page.locator('.virtual')
    await table.getByRole('row').nth(5).waitFor()
    expect(await table.getAttribute('aria-rowcount')).toBe(`${ROWS + 1}`)
    const pauses = await table.evaluate(
      (element, { looked, turn }) =>
        new Promise<number[]>((resolve) => {
          const found: number[] = []
          let last = performance.now()
          const began = last
          const step = (now: number) => {
            found.push(now - last)
            last = now
            element.scrollTop += turn
            if (now - began < looked) requestAnimationFrame(step)
            else resolve(found.slice(1))
          }
          requestAnimationFrame(step)
        }),
      { looked: LOOKED, turn: TURN },
    )
    const sorted = [...pauses].sort((one, other) => one - other)
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1)
    const second = pauses.reduce((sum, each) => sum + each, 0) / 1000
    process.stdout.write(
      `\nscrolling ${ROWS} rows: ${(pauses.length / second).toFixed(1)} frames a second, ` +
        `${at(0.5)} ms between two at the middle, ${at(0.95)} ms at 95 %, ${at(1)} ms at most\n`,
    )
    // What was scrolled to is there: so many rows from the top, and nothing of what was left behind.
    await expect.poll(() => table.locator('.virtual-waiting').count(), { timeout: 30_000 }).toBe(0)
    const { drawn, row, text } = await seen(table)
    expect(row).toBeGreaterThan(TURN)
    expect(text).toBe(`long${row}-${mark}@clinic.example`)
    expect(drawn).toBeLessThanOrEqual(DRAWN)
    await close()
  })
})
