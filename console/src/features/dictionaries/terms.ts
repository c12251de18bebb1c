/** A term between the server and a form: names of the languages that are spoken here, other names untouched. */
import type { Term } from '@/api/schema'

export const NAMED = ['ru', 'en'] as const

export interface TermFields {
  code: string
  names: Record<string, string>
  synonyms: string[]
  parent?: string
  time_zone?: string
}

export function fieldsOf(term: Term): TermFields {
  return {
    code: term.code ?? '',
    names: { ...term.names },
    synonyms: [...(term.synonyms ?? [])],
    parent: term.parent || undefined,
    time_zone: term.time_zone || undefined,
  }
}

/** Return the term that a form means; names and synonyms lose spare spaces, repeats and what is empty. */
export function termOf(fields: TermFields, before?: Term): Term {
  const names = { ...before?.names, ...fields.names }
  const written = Object.entries(names).flatMap(([language, name]) => (name?.trim() ? [[language, name.trim()]] : []))
  const synonyms = [...new Set(fields.synonyms.map((each) => each.trim()).filter(Boolean))]
  return {
    code: fields.code.trim(),
    names: Object.fromEntries(written) as Record<string, string>,
    synonyms,
    ...(fields.parent ? { parent: fields.parent } : {}),
    ...(fields.time_zone ? { time_zone: fields.time_zone } : {}),
  }
}
