/**
 * Words. A language is a folder of files, one per area (`ru/clients.json` holds `clients.*`), or a single file
 * `kk.json` whose top keys are the areas. Nothing else has to change to add one: plural rules, numbers and dates
 * come from its code, Ant Design's words from `ANT` when it has them.
 */
import dayjs from 'dayjs'
import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'

type Words = Record<string, unknown>

const AREAS = import.meta.glob<Words>('./*/*.json', { import: 'default' })
const WHOLE = import.meta.glob<Words>('./*.json', { import: 'default' })

/** Ant Design's own words; a language that is not here keeps the English ones. */
const ANT: Record<string, () => Promise<{ default: unknown }>> = {
  ru: () => import('antd/locale/ru_RU'),
  en: () => import('antd/locale/en_GB'),
  kk: () => import('antd/locale/kk_KZ'),
  uz: () => import('antd/locale/uz_UZ'),
  zh: () => import('antd/locale/zh_CN'),
}

/** The calendar's words in pickers of dates. */
const CALENDAR: Record<string, () => Promise<unknown>> = {
  ru: () => import('dayjs/locale/ru'),
  kk: () => import('dayjs/locale/kk'),
  uz: () => import('dayjs/locale/uz-latn'),
  zh: () => import('dayjs/locale/zh-cn'),
}

const FALLBACK = 'en'

/** Areas whose words any screen may say; the others belong to a folder of `features/` and come with its screens. */
export const EVERYWHERE: readonly string[] = [
  'faults',
  'frame',
  'layouts',
  'messages',
  'outcomes',
  'people',
  'problems',
  'states',
]

/** Names of all areas, sorted. */
export const ALL: readonly string[] = [
  ...new Set(Object.keys(AREAS).map((path) => path.split('/')[2]?.replace('.json', '') ?? '')),
].sort()

/** Codes of all languages that there are words for, sorted. */
export const LANGUAGES: readonly string[] = [
  ...new Set([...Object.keys(AREAS), ...Object.keys(WHOLE)].map((path) => codeOf(path))),
].sort()

function codeOf(path: string): string {
  return path.split('/')[1]?.replace('.json', '') ?? ''
}

/** Return a language's own name. */
export function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1)
}

/** Load a language's words of some areas; those of a language in one file come whole. */
export async function wordsOf(language: string, areas: Iterable<string>): Promise<Words> {
  const whole = WHOLE[`./${language}.json`]
  if (whole) return whole()
  const loaded = [...areas].map(async (area) => [area, await AREAS[`./${language}/${area}.json`]?.()] as const)
  return Object.fromEntries(await Promise.all(loaded))
}

/** Return Ant Design's words and set the calendar's. */
export async function kitWords(language: string): Promise<unknown> {
  const [ant] = await Promise.all([(ANT[language] ?? ANT[FALLBACK])?.(), CALENDAR[language]?.()])
  dayjs.locale(language === 'zh' ? 'zh-cn' : language === 'uz' ? 'uz-latn' : language)
  return ant?.default
}

/** Send for a language's words of every screen before they are asked for; whoever asks is told what went wrong. */
export function wordsAhead(language: string): void {
  Promise.all([wordsOf(language, EVERYWHERE), kitWords(language)]).catch(() => {})
}

/** Return the language to begin with: the chosen one, else the browser's, else Russian. */
export function firstLanguage(chosen: string | null): string {
  const wanted = [chosen ?? '', ...navigator.languages.map((each) => each.split('-')[0] ?? '')]
  return wanted.find((each) => LANGUAGES.includes(each)) ?? 'ru'
}

/** Areas whose words are asked for so far: those of every screen from the start, others with their screens. */
const asked = new Set(EVERYWHERE)
let begin = () => {}
const begun = new Promise<void>((resolve) => {
  begin = resolve
})

/** Load what a language still lacks of the areas asked for, and of what is asked for meanwhile. */
async function fill(language: string): Promise<void> {
  const lacking = () => [...asked].filter((area) => i18next.getResource(language, 'translation', area) === undefined)
  for (let missing = lacking(); missing.length; missing = lacking()) {
    const found = await wordsOf(language, missing)
    const none = Object.fromEntries(missing.map((area) => [area, {}]))
    i18next.addResourceBundle(language, 'translation', { ...none, ...found }, true, true)
  }
}

/** Learn the words of areas in the present language; resolves once they can be said. */
export async function learn(areas: readonly string[]): Promise<void> {
  for (const area of areas) asked.add(area)
  await begun
  let known = ''
  while (known !== i18next.language) {
    known = i18next.language
    await fill(known)
  }
}

/** Begin to speak a language. */
export async function speak(language: string): Promise<i18n> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      fallbackLng: false,
      resources: {},
      interpolation: { escapeValue: false }, // React escapes
      returnNull: false,
    })
  }
  await fill(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  begin()
  return i18next
}
