/**
 * A real browser on a running system, for the tests of every area.
 *
 * Promise: whatever a page says on its console as an error, every refused policy and every uncaught failure fails the
 * test that looked at it; nobody signs in twice in a file.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'

interface Addresses {
  gateway: string
  mailbox: string
  issuer: string
  people: { name: string; role: string; password: string }[]
  system_client: { id: string; secret: string }
}

const told = process.env.CONSILIUM_ADDRESSES
if (!told) throw new Error('CONSILIUM_ADDRESSES names the addresses.json of a running system')
export const addresses: Addresses = JSON.parse(readFileSync(told, 'utf8'))

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser | null = null
const kept = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

/** What a browser is to be. */
export interface Wish {
  /** A person of the realm, such as 'marketing-manager'. */
  person?: string
  language?: 'ru' | 'en'
  mode?: 'light' | 'dark'
  width?: number
  height?: number
  zoom?: number
}

async function chrome(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: process.env.CONSILIUM_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  return browser
}

afterAll(async () => {
  await browser?.close()
  browser = null
})

/** A page of somebody signed in, with what went wrong on it so far. */
export interface Seat {
  page: Page
  context: BrowserContext
  /** What went wrong since the last look, cleared by looking. */
  wrong(): string[]
  go(path: string): Promise<void>
  close(): Promise<void>
}

/** Sit down as somebody, in front of the console. */
export async function seat(wish: Wish = {}): Promise<Seat> {
  const person = wish.person ?? 'administrator'
  const language = wish.language ?? 'en'
  const zoom = wish.zoom ?? 1
  const context = await (await chrome()).newContext({
    viewport: { width: Math.round((wish.width ?? 1440) / zoom), height: Math.round((wish.height ?? 900) / zoom) },
    deviceScaleFactor: zoom,
    locale: language,
    colorScheme: wish.mode ?? 'light',
    storageState: kept.get(person),
    acceptDownloads: true,
  })
  await context.addInitScript(
    ([spoken, shade]) => {
      if (self.origin === 'null') return // a letter's frame keeps nothing
      localStorage.setItem('language', spoken as string)
      localStorage.setItem('shade', shade as string)
    },
    [language, wish.mode ?? 'light'],
  )
  const page = await context.newPage()
  const found = watched(page)
  if (!kept.has(person)) {
    await page.goto(`${addresses.gateway}/`)
    await signIn(page, person)
    kept.set(person, await context.storageState())
  }
  return {
    page,
    context,
    wrong: () => found.splice(0),
    go: async (path) => {
      await page.goto(`${addresses.gateway}${path}`)
      await settled(page)
    },
    close: async () => {
      expect(found, 'what the pages said was wrong').toEqual([])
      await context.close()
    },
  }
}

/** Fill the provider's form. */
export async function signIn(page: Page, person: string): Promise<void> {
  const known = addresses.people.find((each) => each.name === person)
  if (!known) throw new Error(`nobody is called ${person}`)
  await page.locator('#username').fill(known.name)
  await page.locator('#password').fill(known.password)
  await page.locator('#kc-login, [type=submit]').first().click()
  // Back from the provider: to the gateway, even when the console is looked at through Vite.
  await page.waitForURL((url) => url.origin !== new URL(addresses.issuer).origin)
  await settled(page)
}

/** Collect what a page says was wrong. */
export function watched(page: Page): string[] {
  const found: string[] = []
  page.on('pageerror', (failure) => found.push(`uncaught: ${failure.message}`))
  page.on('console', (line) => {
    if (line.type() !== 'error') return
    const text = line.text()
    // The browser's own line for every answer of 4xx and 5xx; tests look at what the screen says of it.
    if (/^Failed to load resource/.test(text)) return
    found.push(text)
  })
  return found
}

/** Wait until nothing is being loaded on the screen. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('domcontentloaded')
  await page.waitForFunction(
    () => document.querySelector('#root')?.childElementCount && !document.querySelector('[aria-busy=true]'),
  )
}

/** Hold that nobody is shut out: axe finds nothing on the page as it is. */
export async function accessible(page: Page): Promise<void> {
  await page.evaluate(AXE)
  const found = await page.evaluate(async () => {
    const axe = (
      window as unknown as { axe: { run(what: unknown, how: unknown): Promise<{ violations: Violation[] }> } }
    ).axe
    interface Violation {
      id: string
      help: string
      nodes: { html: string; failureSummary?: string }[]
    }
    // The kit hangs the options of a choice outside of every landmark and names its inner list by nothing.
    const { violations } = await axe.run(
      { exclude: ['.ant-select-dropdown'] },
      {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
    )
    return violations.map(
      (each) =>
        `${each.id}: ${each.help}\n  ${each.nodes
          .slice(0, 3)
          .map((node) => node.html.slice(0, 200))
          .join('\n  ')}`,
    )
  })
  expect(found).toEqual([])
}

/** Ask the public API as a system does: for what a test needs to stand before somebody looks at it. */
export async function asSystem(
  workspace = '*',
): Promise<(method: string, path: string, body?: unknown) => Promise<Answer>> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: addresses.system_client.id,
    client_secret: addresses.system_client.secret,
  })
  const token = await fetch(`${addresses.issuer}/protocol/openid-connect/token`, { method: 'POST', body: form })
  const { access_token } = (await token.json()) as { access_token: string }
  return async (method, path, body) => {
    const form = body instanceof FormData
    const answer = await fetch(`${addresses.gateway}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${access_token}`,
        'x-consilium-workspace': workspace,
        ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: form ? body : body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text ? JSON.parse(text) : {}
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any resource, looked at by the test that knows which
type Answer = any

/** Restart the gateway in the middle of something; resolves once it answers again. */
export async function restartGateway(): Promise<void> {
  const control = process.env.CONSILIUM_CONTROL
  if (!control) throw new Error('CONSILIUM_CONTROL names the door that restarts the gateway')
  await fetch(`${control}/gateway:restart`, { method: 'POST' })
}
