/** Whether a screen is for everybody: axe, in light and dark; and whether it fits its window. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  help: string
  nodes: { html: string }[]
}

/**
 * Hold that nobody is shut out: axe finds nothing on the page as it is, in the light; in the dark, where nothing but
 * colours is another, it finds nothing about them.
 */
export async function accessible(page: Page): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE)
  await painted(page)
  const light = await violations(page, ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.waitForFunction(() => document.documentElement.style.colorScheme === 'dark')
  await painted(page)
  const dark = await violations(page, 'color-contrast')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForFunction(() => document.documentElement.style.colorScheme === 'light')
  expect({ light, dark }).toEqual({ light: [], dark: [] })
}

/** Wait until nothing is on its way: no colour to another one, no dialog in or out. What turns for ever may turn. */
async function painted(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((each) => each.playState !== 'running' || each.effect?.getComputedTiming().iterations === Infinity),
  )
}

async function violations(page: Page, what: string | string[]): Promise<string[]> {
  return page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as {
      axe: { run(where: unknown, how: unknown): Promise<{ violations: Violation[] }> }
    }
    // The kit hangs the options of a choice outside of every landmark and names its inner list by nothing.
    const found = await axe.run({ exclude: ['.ant-select-dropdown'] }, { runOnly, resultTypes: ['violations'] })
    return found.violations.map(
      (each) =>
        `${each.id}: ${each.help}\n  ${each.nodes
          .slice(0, 3)
          .map((node) => node.html.slice(0, 200))
          .join('\n  ')}`,
    )
  }, what)
}

/** Return what lies beyond the window or is cut off in it; nothing when a screen fits. What scrolls by itself may. */
export async function beyond(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    if (wide > 0) found.push(`the page is ${wide} px wider than its window`)
    for (const each of document.querySelectorAll<HTMLElement>('button, a, input, textarea, h1, h2, h3, [role=tab]')) {
      const box = each.getBoundingClientRect()
      // What waits for the keyboard's focus stands aside of the window.
      if (
        box.right < 0 ||
        box.width < 2 ||
        box.height < 2 ||
        !each.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      )
        continue
      let left = 0
      let right = window.innerWidth
      let free = false
      for (let above = each.parentElement; above && !free; above = above.parentElement) {
        const style = getComputedStyle(above)
        free = /auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis' || style.clipPath !== 'none'
        if (!free && /hidden|clip/.test(style.overflowX)) {
          left = Math.max(left, above.getBoundingClientRect().left)
          right = Math.min(right, above.getBoundingClientRect().right)
        }
      }
      if (!free && (box.left < left - 1 || box.right > right + 1)) {
        found.push(`cut off: ${each.outerHTML.slice(0, 160)} (${Math.round(box.left)} to ${Math.round(box.right)})`)
      }
    }
    return found
  })
}
