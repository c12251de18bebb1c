/** Saved views of a list, kept by the server: a view is an address with a name, without what is typed. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { View } from '@/layouts/List'

interface Views {
  views: readonly View[]
  onSaveView(title: string): Promise<unknown>
  onRemoveView(key: string): Promise<unknown>
}

export function useSavedViews(screen: string, query: string): Views {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const key = ['views', screen]
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => answer(api.GET('/v1/views', { params: { query: { screen } } })),
  })
  const renew = () => queries.invalidateQueries({ queryKey: key })
  const saved = (data?.items ?? []).map((view) => ({
    key: view.id,
    title: view.name,
    query: String(view.state?.query ?? ''),
    fixed: !view.own,
  }))
  return {
    views: [{ key: 'all', title: t('clients.views.all'), query: '', fixed: true }, ...saved],
    onSaveView: (name) => answer(api.POST('/v1/views', { body: { screen, name, state: { query } } })).then(renew),
    onRemoveView: (view) => answer(api.DELETE('/v1/views/{view}', { params: { path: { view } } })).then(renew),
  }
}
