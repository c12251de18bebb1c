/** Who did it: names of colleagues, systems and keys by their ids. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { useSession } from '@/app/session'

const LONG = 10 * 60_000

/** Return how to name principals; pass every id that may be asked for, so that all are asked for at once. */
export function useColleagues(ids: readonly string[]): (id: string) => string {
  const { t } = useTranslation()
  const { me } = useSession()
  const asked = [...new Set(ids)].filter((id) => id && id !== me.id && !id.startsWith('service:')).sort()
  const { data } = useQuery({
    queryKey: ['colleagues', asked],
    queryFn: () => answer(api.POST('/v1/users:names', { body: { ids: asked } })),
    staleTime: LONG,
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
  })
  return (id) => {
    if (id === me.id) return t('people.you')
    if (id.startsWith('service:')) return t('people.system')
    return data?.names[id] || t('people.colleague')
  }
}
