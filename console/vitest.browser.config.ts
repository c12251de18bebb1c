import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Real browser, real system: files one after another, with the patience that two cores need. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  test: {
    environment: 'node',
    include: ['tests/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
