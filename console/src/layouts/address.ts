/** The state of a screen in its address: filters, tab, order. Never a name, a phone or an e-mail. */
import { useCallback, useMemo } from 'react'
import { type Location, useLocation, useSearchParams } from 'react-router'

/** How a value is written into an address; `null` leaves it out. */
export interface Field<T> {
  read(texts: readonly string[]): T
  write(value: T): readonly string[]
}

/** A text, or one of those allowed; its fallback is not written. */
export function one(fallback = '', allowed?: readonly string[]): Field<string> {
  const read = ([text]: readonly string[]) => (text !== undefined && fits(text, allowed) ? text : fallback)
  return { read, write: (value) => (value === fallback ? [] : [value]) }
}

/** Several texts, or some of those allowed, as repeated parameters. */
export function many(allowed?: readonly string[]): Field<readonly string[]> {
  return { read: (texts) => texts.filter((text) => fits(text, allowed)), write: (value) => value }
}

function fits(text: string, allowed: readonly string[] | undefined): boolean {
  return allowed === undefined || allowed.includes(text)
}

/** A day of the calendar, `2026-11-22`; none is empty and not written. */
export function date(): Field<string> {
  const known = (text: string) => {
    const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  }
  return { read: ([text = '']) => (known(text) ? text : ''), write: (value) => (value ? [value] : []) }
}

/** A whole number from 1 on; nothing is 0 and not written. */
export function whole(): Field<number> {
  return {
    read: (texts) => (/^[1-9]\d{0,8}$/.test(texts[0] ?? '') ? Number(texts[0]) : 0),
    write: (value) => (value > 0 ? [`${value}`] : []),
  }
}

/** Yes or no; no is not written. */
export function flag(): Field<boolean> {
  return { read: (texts) => texts[0] === '1', write: (value) => (value ? ['1'] : []) }
}

type Fields = Record<string, Field<never>> | Record<string, Field<unknown>>
type Values<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/**
 * What was written last, and the address that it was written over.
 *
 * Of two changes made in one moment, by one part of a screen or by two, the router would forget the first; the second
 * begins from here until the address has become what was written.
 */
let underWay: { from: Location; query: string } | null = null

/** Forget what was written and will not come: somebody chose to stay where he was. */
export function stayed(): void {
  underWay = null
}

export interface Address<F> {
  values: Values<F>
  /** Change some of them; the others and foreign parameters stay. */
  set(next: Partial<Values<F>>): void
  /** Leave all of them out. */
  clear(): void
  /** The search part as it is now, without `?`: what a saved view keeps. */
  query: string
}

/** Read the fields of a search part. */
export function readFields<F extends Fields>(fields: F, search: URLSearchParams): Values<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, field.read(search.getAll(key))]),
  ) as Values<F>
}

/** Read and change parameters of the address; `fields` is a constant of the module. */
export function useAddress<F extends Fields>(fields: F): Address<F> {
  const [search, setSearch] = useSearchParams()
  const query = search.toString()
  const values = useMemo(() => readFields(fields, new URLSearchParams(query)), [fields, query])
  const from = useLocation()
  const write = useCallback(
    (change: (next: URLSearchParams) => void) => {
      const next = new URLSearchParams(underWay?.from === from ? underWay.query : query)
      change(next)
      underWay = { from, query: next.toString() }
      setSearch(next, { replace: true })
    },
    [from, query, setSearch],
  )
  const set = useCallback(
    (next: Partial<Values<F>>) =>
      write((search) => {
        for (const [key, value] of Object.entries(next)) {
          const field = fields[key] as Field<unknown> | undefined
          if (!field) continue
          search.delete(key)
          for (const text of field.write(value)) search.append(key, text)
        }
      }),
    [write, fields],
  )
  const clear = useCallback(
    () =>
      write((search) => {
        for (const key of Object.keys(fields)) search.delete(key)
      }),
    [write, fields],
  )
  return { values, set, clear, query }
}
