/** Before the first file: one browser for all of them, and a folder for those who have signed in. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser is reached. */
    browser: string
    /** Folder of what browsers of people who have signed in keep: a file per person. */
    seats: string
  }
}

export default async function begin(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({
    executablePath: process.env.CONSILIUM_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  const seats = await mkdtemp(join(tmpdir(), 'consilium-seats-'))
  project.provide('browser', server.wsEndpoint())
  project.provide('seats', seats)
  return async () => {
    await server.close()
    await rm(seats, { recursive: true })
  }
}
