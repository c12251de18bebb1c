/**
 * A real browser on a running system, for the tests of every area.
 *
 * Promise: whatever a page says on its console as an error, every refused policy and every uncaught failure fails the
 * test that looked at it; nobody signs in twice; nothing is waited for without a deadline.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, expect, inject, onTestFailed } from 'vitest'

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

/** A word that nothing else bears. It begins with a letter: figures alone are searched among phones. */
export const newMark = () => `m${crypto.randomUUID().slice(0, 7)}`

/** What sets the things of this file apart from those of another one or of an earlier run. */
export const mark = newMark()

/** How long anything on a screen may take to come, in milliseconds; more on a machine that is busy with other things. */
const PATIENCE = Number(process.env.CONSILIUM_PATIENCE ?? 20_000)

let browser: Browser | null = null

/** What a browser is to be. */
export interface Wish {
  /** A person of the realm, such as 'marketing-manager'. */
  person?: string
  language?: 'ru' | 'en'
  mode?: 'light' | 'dark'
  width?: number
  height?: number
  zoom?: number
  /** Signed in by himself, so that signing out or losing the session is nobody else's. */
  alone?: boolean
}

async function chrome(): Promise<Browser> {
  browser ??= await chromium.connect(inject('browser'), { timeout: PATIENCE })
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
  /** Open an address of the console and wait until it stands. */
  go(path: string): Promise<void>
  /** Another tab of the same browser. */
  tab(): Promise<Page>
  /** Go away; whatever the pages said was wrong fails the test. */
  close(): Promise<void>
}

/** Sit down as somebody, in front of the console. */
export async function seat(wish: Wish = {}): Promise<Seat> {
  const person = wish.person ?? 'administrator'
  const language = wish.language ?? 'en'
  const zoom = wish.zoom ?? 1
  const kept = join(inject('seats'), `${person}.json`)
  const known = !wish.alone && existsSync(kept)
  const context = await (await chrome()).newContext({
    viewport: { width: Math.round((wish.width ?? 1440) / zoom), height: Math.round((wish.height ?? 900) / zoom) },
    deviceScaleFactor: zoom,
    locale: language,
    colorScheme: wish.mode ?? 'light',
    storageState: known ? kept : undefined,
    acceptDownloads: true,
  })
  context.setDefaultTimeout(PATIENCE)
  await context.addInitScript((spoken) => {
    if (self.origin === 'null') return // a letter's frame keeps nothing
    localStorage.setItem('language', spoken)
    // Light or dark as the browser says, which `accessible` changes.
    localStorage.setItem('shade', 'system')
  }, language)
  const found: string[] = []
  context.on('page', (page) => watch(page, found))
  const page = await context.newPage()
  pictured(context)
  if (!known) {
    await page.goto(`${addresses.gateway}/`)
    await signIn(page, person)
    if (!wish.alone) await context.storageState({ path: kept })
  }
  return {
    page,
    context,
    wrong: () => found.splice(0),
    go: async (path) => {
      await page.goto(`${addresses.gateway}${path}`)
      await settled(page)
    },
    tab: () => context.newPage(),
    close: async () => {
      await context.close()
      expect(found, 'what the pages said was wrong').toEqual([])
    },
  }
}

/** Keep pictures of what a failed test had before it, in the folder that the environment names. */
function pictured(context: BrowserContext): void {
  const folder = process.env.CONSILIUM_PICTURES
  if (!folder) return
  onTestFailed(async ({ task }) => {
    const name = task.name.replace(/[^\p{L}\p{N}]+/gu, '-')
    for (const [place, page] of context.pages().entries()) {
      await page.screenshot({ path: join(folder, `${name}-${place}.png`), timeout: 5000 }).catch(() => null)
    }
  })
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

/** Sign in again where the console asks for it, in the window that it opens and that closes itself. */
export async function signInAgain(page: Page, person: string): Promise<void> {
  const [window] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in again' }).click(),
  ])
  const closed = window.waitForEvent('close')
  const known = addresses.people.find((each) => each.name === person)
  await window.locator('#username').fill(person)
  await window.locator('#password').fill(known?.password ?? '')
  await window.locator('#kc-login, [type=submit]').first().click()
  await closed
  await page.getByRole('button', { name: 'Sign in again' }).waitFor({ state: 'hidden' })
}

/** Collect what a page says was wrong. */
function watch(page: Page, found: string[]): void {
  const ours = () => page.url().startsWith(addresses.gateway)
  page.on('pageerror', (failure) => {
    if (ours()) found.push(`uncaught: ${failure.stack ?? failure.message}`)
  })
  page.on('dialog', (dialog) => {
    // A screen may ask before it is left; any other box of the browser's own is the script of somebody else.
    if (dialog.type() !== 'beforeunload') found.push(`dialog: ${dialog.message()}`)
    void dialog.accept()
  })
  page.on('console', (line) => {
    if (line.type() !== 'error' || !ours()) return
    const text = line.text()
    // The browser's own line for every answer of 4xx and 5xx; tests look at what the screen says of it.
    if (/^Failed to load resource/.test(text)) return
    found.push(text)
  })
}

/** Wait until a screen stands: its heading is there and nothing on it is being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('#root h1') !== null && document.querySelector('[aria-busy=true]') === null,
  )
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
      signal: AbortSignal.timeout(PATIENCE),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text ? JSON.parse(text) : {}
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any resource, looked at by the test that knows which
type Answer = any

/** Take what an open choice offers. */
export async function offered(page: Page, text: string | RegExp): Promise<void> {
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: text }).first().click()
}

/** Let the mailbox accept everybody: the story leaves its refusals in force. */
export async function acceptAll(): Promise<void> {
  await fetch(`${addresses.mailbox}/rules`, { method: 'DELETE', signal: AbortSignal.timeout(PATIENCE) })
}

/** End the gateway in the middle of something, as an operator may; the system starts it again. */
export async function endGateway(): Promise<void> {
  const control = process.env.CONSILIUM_CONTROL
  if (!control) throw new Error('CONSILIUM_CONTROL names the door that restarts the gateway')
  const told = await fetch(`${control}/gateway:restart`, { method: 'POST', signal: AbortSignal.timeout(PATIENCE) })
  expect(told.status).toBe(204)
}

/** Wait until the gateway answers again. */
export async function gatewayBack(): Promise<void> {
  const alive = () =>
    fetch(`${addresses.gateway}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
      (answer) => answer.ok,
      () => false,
    )
  await expect.poll(alive, { timeout: 40_000, interval: 250 }).toBe(true)
}
