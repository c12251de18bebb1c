import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Real browser, real system: files one after another, with the patience that two cores need. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/browser/begin.ts'],
    fileParallelism: false,
    testTimeout: 4.5 * Number(process.env.CONSILIUM_PATIENCE ?? 20_000),
    hookTimeout: 30_000,
    teardownTimeout: 15_000,
  },
})
