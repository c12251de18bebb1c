import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALL, EVERYWHERE, LANGUAGES, wordsOf } from '.'

const SOURCE = join(__dirname, '..')
const PLURAL = /_(zero|one|two|few|many|other)$/

function flat(words: Record<string, unknown>, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') found.set(path, value)
    else for (const [inner, text] of flat(value as Record<string, unknown>, path)) found.set(inner, text)
  }
  return found
}

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return files(path)
    return /\.tsx?$/.test(name) && !name.includes('.test.') && !name.endsWith('.d.ts') ? [path] : []
  })
}

/** Refusals told by their status (fields, sign-in, rights, a stale edit, a service away), or met by programs alone. */
const FOR_PROGRAMS = new Set(
  `INVALID_FIELD UNAUTHENTICATED ACTION_NOT_ALLOWED ETAG_STALE DEPENDENCY_UNAVAILABLE ATTRIBUTE_TAKEN CATALOGUE_FULL
   VALUE_UNFIT BASE_TAKEN BATCH_UNKNOWN METRIC_UNKNOWN DIMENSION_UNKNOWN CREDENTIAL_REFUSED PROVIDER_UNAVAILABLE
   WORKSPACE_NOT_ALLOWED ROLE_UNKNOWN ROLE_BEYOND_OWN KEY_LIFETIME_REFUSED API_KEY_UNKNOWN API_KEY_SHOWN
   SERVICE_REFUSED AUDIENCE_UNKNOWN ACCOUNT_UNKNOWN BODY_MALFORMED METHOD_OVERRIDE_REFUSED ADDRESS_UNKNOWN
   METHOD_NOT_ALLOWED MEDIA_TYPE_NOT_SUPPORTED ORIGIN_REFUSED SIGN_IN_FAILED LINK_UNKNOWN MESSAGE_SCOPE_MISSING
   FIELD_UNCOUNTED`.split(/\s+/),
)

const stems = (words: Map<string, string>) => new Set([...words.keys()].map((key) => key.replace(PLURAL, '')))

describe('words', async () => {
  const known = new Map<string, Map<string, string>>()
  for (const language of LANGUAGES) known.set(language, flat(await wordsOf(language, ALL)))
  const english = known.get('en') ?? new Map()

  it('has Russian and English', () => {
    expect(LANGUAGES).toEqual(expect.arrayContaining(['en', 'ru']))
  })

  it.each(LANGUAGES)('%s says everything that English says, and no more', (language) => {
    const own = stems(known.get(language) ?? new Map())
    const asked = stems(english)
    expect([...asked].filter((key) => !own.has(key))).toEqual([])
    expect([...own].filter((key) => !asked.has(key))).toEqual([])
  })

  it.each(LANGUAGES)('%s has every plural form that its rules ask for', (language) => {
    const words = known.get(language) ?? new Map<string, string>()
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const counted = new Set([...words.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')))
    const missing = [...counted].flatMap((key) =>
      forms.map((form) => `${key}_${form}`).filter((each) => !words.has(each)),
    )
    expect(missing).toEqual([])
  })

  it.each(LANGUAGES)('%s fills the same places', (language) => {
    const places = (text: string) => [...text.matchAll(/{{\s*(\w+)/g)].map((each) => each[1]).sort()
    const words = known.get(language) ?? new Map<string, string>()
    const wrong = [...words].filter(([key, text]) => {
      const other = english.get(key)
      return other !== undefined && !PLURAL.test(key) && String(places(text)) !== String(places(other))
    })
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it('has a word for every key that the code names', () => {
    const asked = files(SOURCE).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([a-z][\w-]*(?:\.[\w-]+)+)'/gi)].map((each) => each[1] ?? ''),
    )
    const own = stems(english)
    expect([...new Set(asked)].filter((key) => !own.has(key))).toEqual([])
  })

  it('say every refusal that somebody in front of a screen can meet', () => {
    const catalogue = readFileSync(join(SOURCE, '../../proto/consilium/shared/v1/error_reason.proto'), 'utf8')
    const reasons = [...catalogue.matchAll(/ERROR_REASON_(\w+) = [1-9]/g)].map((each) => each[1] ?? '')
    expect(reasons.length).toBeGreaterThan(100)
    const said = new Set([...english.keys()].map((key) => key.split('.').at(-1) ?? ''))
    expect(reasons.filter((reason) => !said.has(reason) && !FOR_PROGRAMS.has(reason))).toEqual([])
    expect([...FOR_PROGRAMS].filter((reason) => said.has(reason) || !reasons.includes(reason))).toEqual([])
  })

  it('of a screen are all there when it is shown', () => {
    const router = readFileSync(join(SOURCE, 'app/router.tsx'), 'utf8')
    const screens = [...router.matchAll(/screen\('([\w ]+)', \(\) => import\('@\/([^']+)'\)/g)]
    expect(screens.length).toBeGreaterThan(10)
    const lacking = screens.flatMap(([, areas = '', module = '']) => {
      const known = [...EVERYWHERE, ...areas.split(' ')]
      const said = [...closure(join(SOURCE, `${module}.tsx`))].flatMap((path) => areasIn(path))
      return [...new Set(said)].filter((area) => !known.includes(area)).map((area) => `${module}: ${area}`)
    })
    expect(lacking).toEqual([])
  })
})

/** Return the areas whose words a file says. */
function areasIn(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return ALL.filter((area) => new RegExp(`(\\bt|exists)\\(\\s*['"\`]${area}\\.`).test(text))
}

/** Return a file and all that it imports, whether at once or later. */
function closure(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  const text = readFileSync(path, 'utf8')
  for (const [, name = ''] of text.matchAll(/(?:from|import\() ?'([@.][^']+)'/g)) {
    const bare = name.startsWith('@/') ? join(SOURCE, name.slice(2)) : join(dirname(path), name)
    const file = ['.tsx', '.ts', '/index.ts'].map((end) => bare + end).find((each) => existsSync(each))
    if (file) closure(file, found)
  }
  return found
}
