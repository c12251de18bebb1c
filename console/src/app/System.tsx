/** How the system is, in words: nothing while all is well but the word of it. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { Shown } from '@/ui/states'
import { Label } from '@/ui/words'

const FRESH = 30_000

export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => answer(api.GET('/v1/system', { signal })),
})

export function System() {
  const { t, i18n } = useTranslation()
  const found = useQuery({ ...systemQuery, refetchInterval: FRESH })
  const said = (effects: unknown) => (effects as Record<string, string>)[i18n.language] ?? ''
  return (
    <Shown found={found}>
      {({ ready, parts }) =>
        ready ? (
          <p className="soft">{t('frame.system.well')}</p>
        ) : (
          <ul className="lines">
            {parts
              .filter((part) => !part.ready)
              .map((part) => (
                <li key={part.name}>
                  <span>{said(part.effects)}</span>
                  <Label kind="warn">{t('frame.system.away')}</Label>
                </li>
              ))}
          </ul>
        )
      }
    </Shown>
  )
}
