/** What is known to be wrong with a file before it is sent, and whom files are about. */

export const KINDS = ['hcp', 'patient', 'contact'] as const
export type Kind = (typeof KINDS)[number]
export type Fault = 'empty' | 'large' | 'kind' | 'macros' | 'old'

const LIMIT = 1024 ** 3

/** Return what is wrong with a file; `null` when it can be sent. The server has the last word by its content. */
export function faultOf({ name, size }: { name: string; size: number }): Fault | null {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  if (ending === 'xls') return 'old'
  if (ending === 'xlsm' || ending === 'xlsb') return 'macros'
  if (!['xlsx', 'csv', 'txt', 'tsv'].includes(ending)) return 'kind'
  if (size === 0) return 'empty'
  return size > LIMIT ? 'large' : null
}

const LETTERS: Readonly<Record<string, string>> = {
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i', к: 'k', л: 'l', м: 'm',
  н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'sch',
  ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
} // biome-ignore format: a table

/** Make a code of a title: "Реестр 2026" is `reestr-2026`; one that is taken gets a number. */
export function codeOf(title: string, taken: readonly string[] = []): string {
  const latin = [...title.toLowerCase()].map((letter) => LETTERS[letter] ?? letter).join('')
  const bare =
    latin
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 56) || 'source'
  if (!taken.includes(bare)) return bare
  let number = 2
  while (taken.includes(`${bare}-${number}`)) number += 1
  return `${bare}-${number}`
}
