/** Codes in the reader's words: terms of dictionaries, bases, sources; and the pickers that find them. */
import { useQuery } from '@tanstack/react-query'
import { Select, type SelectProps } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { Organisation, Term } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { LONG, useBaseTitle, useSources } from './known'
import { useSettled } from './settled'

const PAGE = 500
/** The topic of a consent that holds for every topic. */
export const ANY_TOPIC = '*'

/** Return a term's name in a language, or in any that it has. */
export function termName(term: Term, language: string): string {
  const names = term.names ?? {}
  return names[language] ?? names.ru ?? names.en ?? Object.values(names)[0] ?? term.code ?? ''
}

async function allTerms(dictionary: string): Promise<Map<string, Term>> {
  const found = new Map<string, Term>()
  let token = ''
  do {
    const page = await answer(
      api.POST('/v1/dictionaries/{dictionary}:search', {
        params: { path: { dictionary } },
        body: { page_size: PAGE, page_token: token },
      }),
    )
    for (const term of page.items) found.set(term.code ?? '', term)
    token = page.next_page_token
  } while (token)
  return found
}

function useTermMap(dictionary: string) {
  return useQuery({
    queryKey: ['terms', dictionary],
    queryFn: () => allTerms(dictionary),
    staleTime: LONG,
    enabled: dictionary !== '',
  })
}

/** Return how to name codes of a dictionary; a code that it does not have is named by itself, any while it is asked for by dots. */
export function useTerms(dictionary: string): (code: string) => string {
  const { i18n } = useTranslation()
  const { data, error } = useTermMap(dictionary)
  return useMemo(
    () => (code) => {
      const term = data?.get(code)
      if (term) return termName(term, i18n.language)
      return data || error ? code : '…'
    },
    [data, error, i18n.language],
  )
}

export function TermWord({ dictionary, code }: { dictionary: string; code: string }) {
  const name = useTerms(dictionary)
  return <>{name(code)}</>
}

/** Return how to say a purpose of consent. */
export function usePurposeWord(): (code: string) => string {
  return useTerms('purposes')
}

/** Return how to say a topic of consent; every topic is said in the console's own words. */
export function useTopicWord(): (code: string) => string {
  const { t } = useTranslation()
  const term = useTerms('topics')
  return (code) => (code === ANY_TOPIC ? t('people.anyTopic') : term(code))
}

/** Return the codes of a dictionary, as it orders them; none while they are asked for. */
export function useCodes(dictionary: string): { codes: readonly string[]; error: unknown; refetch(): unknown } {
  const { data, error, refetch } = useTermMap(dictionary)
  return { codes: useMemo(() => [...(data?.keys() ?? [])], [data]), error, refetch }
}

/** Return the title of a workspace that one may choose, be it the present one or not. */
export function useWorkspaceTitle(): (key: string) => string {
  const { t } = useTranslation()
  const base = useBaseTitle()
  return (key) => (key === '*' ? t('frame.everything') : base(key))
}

/** Return the title of a source by its key; the console's own is said in words. */
export function useSourceTitle(): (key: string) => string {
  const { t } = useTranslation()
  const { data, error } = useSources()
  return (key) => {
    if (key === 'console') return t('people.byHand')
    return data?.find((source) => source.key === key)?.title ?? (data || error ? key : '…')
  }
}

interface Picked {
  value: string[]
  change(value: string[]): void
  label: string
  /** What stands in an empty one; the label when nothing is said. */
  placeholder?: string
  autoFocus?: boolean
  many?: boolean
  id?: string
}
interface Option {
  value: string
  label: string
  hint?: string
}

/** A choice whose options the server finds while one types. */
function Found({
  value,
  change,
  label,
  placeholder = label,
  autoFocus,
  many = true,
  id,
  options,
  loading,
  search,
}: Picked & { options: Option[]; loading: boolean; search(text: string): void }) {
  const { t } = useTranslation()
  const shared: SelectProps<string | string[], Option> = {
    options,
    loading,
    showSearch: { filterOption: false, onSearch: search },
    id,
    placeholder,
    'aria-label': label,
    allowClear: true,
    autoFocus,
    notFoundContent: loading ? t('people.searching') : t('people.nothingFound'),
    optionRender: ({ data }) => (
      <span className="option">
        {data.label}
        {data.hint ? <small className="soft">{data.hint}</small> : null}
      </span>
    ),
    style: { width: '100%' },
    popupMatchSelectWidth: 320,
  }
  if (many) {
    return (
      <Select
        {...shared}
        mode="multiple"
        maxTagCount="responsive"
        value={value}
        onChange={(next) => {
          search('')
          change(next as string[])
        }}
      />
    )
  }
  return <Select {...shared} value={value[0]} onChange={(next) => change(next ? [next as string] : [])} />
}

/** Keep the options of what is chosen beside those that were found. */
function withChosen(found: Option[], value: readonly string[], name: (code: string) => string): Option[] {
  const known = new Set(found.map((option) => option.value))
  return [...found, ...value.filter((code) => !known.has(code)).map((code) => ({ value: code, label: name(code) }))]
}

/** Choose terms of a dictionary, found by any piece of their names or synonyms. */
export function TermPicker({ dictionary, ...picked }: Picked & { dictionary: string }) {
  const { i18n } = useTranslation()
  const [text, setText] = useState('')
  const asked = useSettled(text)
  const name = useTerms(dictionary)
  const regions = useTerms(dictionary === 'cities' ? 'regions' : '')
  const { data, isFetching } = useQuery({
    queryKey: ['terms', dictionary, 'search', asked],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/dictionaries/{dictionary}:search', {
          params: { path: { dictionary } },
          body: { text: asked, page_size: 100 },
          signal,
        }),
      ),
    staleTime: LONG,
    placeholderData: (before) => before,
  })
  const found = (data?.items ?? []).map((term) => ({
    value: term.code ?? '',
    label: termName(term, i18n.language),
    hint: hintOf(term, asked, i18n.language) || (term.parent ? regions(term.parent) : ''),
  }))
  return (
    <Found
      {...picked}
      options={asked ? found : withChosen(found, picked.value, name)}
      loading={isFetching}
      search={setText}
    />
  )
}

/** Return the synonym by which a term was found, when its name does not hold what was typed. */
export function hintOf(term: Term, text: string, language: string): string {
  const piece = text.trim().toLocaleLowerCase()
  if (!piece || termName(term, language).toLocaleLowerCase().includes(piece)) return ''
  return term.synonyms?.find((synonym) => synonym.toLocaleLowerCase().includes(piece)) ?? ''
}

/** Return an organisation by its id; nothing while it is asked for, or when there is none. */
export function useOrganisation(id: string): Organisation | undefined {
  const { data } = useQuery({
    queryKey: ['organisation', id],
    queryFn: () => answer(api.GET('/v1/organisations/{organisation}', { params: { path: { organisation: id } } })),
    staleTime: LONG,
    enabled: id !== '',
  })
  return data
}

/** Choose organisations, found by any piece of their names or other spellings. */
export function OrganisationPicker({ chosen, ...picked }: Picked & { chosen?: (organisation?: Organisation) => void }) {
  const [text, setText] = useState('')
  const asked = useSettled(text)
  const cities = useTerms('cities')
  const first = useOrganisation(picked.value[0] ?? '')
  const { data, isFetching } = useQuery({
    queryKey: ['organisations', asked],
    queryFn: ({ signal }) =>
      answer(api.POST('/v1/organisations:search', { body: { text: asked, page_size: 50 }, signal })),
    placeholderData: (before) => before,
  })
  const named = (id: string) => (id === first?.id ? first.name : id)
  const found = (data?.items ?? []).map((each) => ({ value: each.id, label: each.name, hint: cities(each.city) }))
  const change = (value: string[]) => {
    picked.change(value)
    chosen?.(data?.items.find((each) => each.id === value[0]))
  }
  const options = asked ? found : withChosen(found, picked.value, named)
  return <Found {...picked} change={change} options={options} loading={isFetching} search={setText} />
}

/** Return a segment's name by its id; the id itself for one that the workspace does not have. Asks only when `wanted`. */
export function useSegmentName(wanted = true): (id: string) => string {
  const { data } = useSegments('', wanted)
  return (id) => data?.items.find((segment) => segment.id === id)?.name ?? id
}

export function useSegments(text: string, wanted = true) {
  return useQuery({
    queryKey: ['segments', 'names', text],
    queryFn: ({ signal }) => answer(api.POST('/v1/segments:search', { body: { text, page_size: PAGE }, signal })),
    enabled: wanted,
    placeholderData: (before) => before,
  })
}

/** Choose segments by a piece of their names. */
export function SegmentPicker({ only, ...picked }: Picked & { only?: 'static' }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const { number } = useFormat()
  const { data, isFetching } = useSegments(useSettled(text))
  const name = useSegmentName()
  const found = (data?.items ?? [])
    .filter((segment) => !only || segment.kind === only)
    .map((segment) => ({
      value: segment.id,
      label: segment.name,
      hint: t('people.count', { count: segment.members, number: number(segment.members) }),
    }))
  const options = text ? found : withChosen(found, picked.value, name)
  return <Found {...picked} options={options} loading={isFetching} search={setText} />
}
