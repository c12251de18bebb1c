import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Pictures of every screen (`make screenshots`); the clock stands, and its zone with it. */
process.env.TZ = 'Europe/Moscow'

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['tests/screens/screens.test.ts'],
    globalSetup: ['tests/browser/begin.ts'],
    testTimeout: 90_000,
    hookTimeout: 300_000,
    retry: 1,
  },
})
