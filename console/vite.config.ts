import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const DIST = fileURLToPath(new URL('dist', import.meta.url))
const MAPS = fileURLToPath(new URL('dist-maps', import.meta.url))

/** Compresses once at the build what the gateway would otherwise compress at every request. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const folder = join(DIST, 'console')
      await mkdir(MAPS, { recursive: true })
      for (const name of await readdir(folder)) {
        const path = join(folder, name)
        if (name.endsWith('.map')) {
          // Source maps are for whoever reads a stack trace, not for the public.
          await rename(path, join(MAPS, name))
        } else if (/\.(js|css|svg)$/.test(name)) {
          const bytes = await readFile(path)
          await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
          await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, quality))
        }
      }
    },
  }
}

const FIRST = 350_000 // bytes, gzipped: what a browser needs before the first screen

/** Fails a build whose first load is too heavy: the entry and all that it asks for at once. */
function weighed(): Plugin {
  return {
    name: 'weighed',
    apply: 'build',
    async closeBundle() {
      const page = await readFile(join(DIST, 'index.html'), 'utf8')
      const names = [...page.matchAll(/(?:src|href)="\/(console\/[^"]+\.(?:js|css))"/g)].map((found) => found[1] ?? '')
      const sizes = names.map(async (name) => (await promisify(gzip)(await readFile(join(DIST, name)))).length)
      const whole = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
      if (whole > FIRST) this.error(`the first load weighs ${whole} bytes, more than ${FIRST}`)
    },
  }
}

const KIT = /node_modules[\\/](?:antd|dayjs)[\\/](?:es[\\/])?locale[\\/]([a-z]{2})(?:[_-][\w-]+)?\.js$/
const WORDS = /src[\\/]i18n[\\/]([a-z]{2})[\\/](\w+)\.json$/
const EVERYWHERE = /^(?:faults|frame|layouts|messages|outcomes|people|problems|states)$/

/** Return the language whose words every screen needs a module holds. */
function languageOf(id: string): string | undefined {
  const own = WORDS.exec(id)
  return own ? (EVERYWHERE.test(own[2] ?? '') ? own[1] : undefined) : KIT.exec(id)?.[1]
}

/**
 * Few files instead of many: a browser asks for six at a time. What the first screen needs is one, a language's words
 * are one, and what screens share goes together with what the same screens share.
 */
const GROUPS = [
  { name: 'first', tags: ['$initial' as const], priority: 3 },
  {
    name: (id: string) => {
      const language = languageOf(id)
      return language ? `words-${language}` : null
    },
    priority: 2,
  },
  { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 24_000, priority: 1 },
]

const gateway = process.env.CONSILIUM_GATEWAY ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), compressed(), weighed()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  html: { cspNonce: '__NONCE__' },
  build: {
    assetsDir: 'console',
    sourcemap: 'hidden',
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: GROUPS },
        // A group's own name lists every screen that shares it.
        chunkFileNames: ({ name }) =>
          name.startsWith('shared') ? 'console/shared-[hash].js' : 'console/[name]-[hash].js',
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // The gateway counts a browser's change only from its own origin: the proxy speaks as that origin.
    proxy: Object.fromEntries(
      ['/v1', '/auth', '/i/', '/openapi.json', '/docs', '/assets', '/letter-frame'].map((path) => [
        path,
        { target: gateway, changeOrigin: true, headers: { origin: gateway } },
      ]),
    ),
  },
})
