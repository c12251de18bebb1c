/** What the server says of letters, and what may be asked of it. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { LetterContent, Template } from '@/api/schema'

const LONG = 10 * 60_000
const path = (id: string) => ({ path: { template: id } })

export function useLetters(asked: { archived: boolean; token: string; size: number }) {
  return useQuery({
    queryKey: ['letters', 'list', asked],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/templates', {
          params: { query: { archived: asked.archived, page_size: asked.size, page_token: asked.token } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
}

export function useLetter(id: string) {
  return useQuery({
    queryKey: ['letter', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/templates/{template}', { params: path(id), signal })),
    enabled: id !== '',
    // An editor holds its own copy: a refusal of a stale one says more than a change under the hands.
    refetchOnWindowFocus: false,
  })
}

export function useVersion(id: string, version: number) {
  return useQuery({
    queryKey: ['letter', id, 'version', version],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/templates/{template}/versions/{version}', {
          params: { path: { template: id, version } },
          signal,
        }),
      ),
    enabled: version > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export interface Variable {
  name: string
  title: string
  sample: string
  link: boolean
}

export function useVariables(): readonly Variable[] {
  const { i18n } = useTranslation()
  const { data } = useQuery({
    queryKey: ['letters', 'variables'],
    queryFn: ({ signal }) => answer(api.GET('/v1/template-variables', { signal })),
    staleTime: LONG,
  })
  const said = (texts: Record<string, string>) => texts[i18n.language] ?? texts.en ?? ''
  return (data?.items ?? []).map((each) => ({
    name: each.name,
    title: said(each.titles) || each.name,
    sample: said(each.samples),
    link: each.kind === 'link',
  }))
}

/** Whatever the saved draft lacks or has too much of; asked anew for every saved state. */
export function useProblems(letter: Pick<Template, 'id' | 'etag'>) {
  return useQuery({
    queryKey: ['letter', letter.id, 'check', letter.etag],
    queryFn: ({ signal }) => answer(api.POST('/v1/templates/{template}:check', { params: path(letter.id), signal })),
    placeholderData: keepPreviousData,
    staleTime: LONG,
  })
}

/** The saved draft as the server makes it for a person; with what stands in for unknown values when there is none. */
export function usePreview(letter: Pick<Template, 'id' | 'etag'>, profile: string) {
  return useQuery({
    queryKey: ['letter', letter.id, 'preview', letter.etag, profile],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/templates/{template}:preview', {
          params: path(letter.id),
          body: profile ? { profile } : {},
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: LONG,
  })
}

export function createLetter(name: string, draft: LetterContent): Promise<Template> {
  return answer(api.POST('/v1/templates', { body: { name, channel: 'email', draft } }))
}

export function useLetterActs(id: string) {
  const queries = useQueryClient()
  const keep = (letter: Template) => {
    queries.setQueryData(['letter', id], letter)
    void queries.invalidateQueries({ queryKey: ['letters', 'list'] })
    return letter
  }
  return {
    async save(name: string, draft: LetterContent, etag: string) {
      return keep(
        await answer(
          api.PATCH('/v1/templates/{template}', {
            params: { ...path(id), header: { 'if-match': etag } },
            body: { name, draft },
          }),
        ),
      )
    },
    /** Freeze the draft as the next version; gives the letter as it then is, changed as by any other write. */
    async publish(etag: string) {
      await answer(
        api.POST('/v1/templates/{template}:publish', {
          params: { ...path(id), header: { 'if-match': etag } },
        }),
      )
      return keep(await answer(api.GET('/v1/templates/{template}', { params: path(id) })))
    },
    async archive() {
      return keep(await answer(api.POST('/v1/templates/{template}:archive', { params: path(id) })))
    },
    async test(addresses: string[], profile: string, controller: string) {
      return answer(
        api.POST('/v1/templates/{template}:test', {
          params: path(id),
          body: { addresses, ...(profile ? { profile } : {}), ...(controller ? { controller } : {}) },
        }),
      )
    },
    async again() {
      return keep(await answer(api.GET('/v1/templates/{template}', { params: path(id) })))
    },
  }
}
