/**
 * Words. A language is a folder of files, one per area (`ru/clients.json` holds `clients.*`), or a single file
 * `kk.json` whose top keys are the areas. Nothing else has to change to add one: plural rules, numbers and dates
 * come from its code, Ant Design's words from `ANT` when it has them.
 */
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

export const FALLBACK = 'en'

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

/** Load all words of a language. */
export async function wordsOf(language: string): Promise<Words> {
  const found: Words = {}
  for (const [path, load] of Object.entries(WHOLE)) {
    if (codeOf(path) === language) Object.assign(found, await load())
  }
  const areas = Object.entries(AREAS).filter(([path]) => codeOf(path) === language)
  const loaded = await Promise.all(areas.map(([, load]) => load()))
  areas.forEach(([path], place) => {
    const area = path.split('/')[2]?.replace('.json', '') ?? ''
    found[area] = loaded[place]
  })
  return found
}

/** Return Ant Design's words and set the calendar's. */
export async function kitWords(language: string): Promise<unknown> {
  const { default: dayjs } = await import('dayjs')
  await CALENDAR[language]?.()
  dayjs.locale(language === 'zh' ? 'zh-cn' : language === 'uz' ? 'uz-latn' : language)
  return (await (ANT[language] ?? ANT[FALLBACK])?.())?.default
}

/** Return the language to begin with: the chosen one, else the browser's, else Russian. */
export function firstLanguage(chosen: string | null): string {
  const wanted = [chosen ?? '', ...navigator.languages.map((each) => each.split('-')[0] ?? '')]
  return wanted.find((each) => LANGUAGES.includes(each)) ?? 'ru'
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
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await wordsOf(language), true, true)
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  return i18next
}
