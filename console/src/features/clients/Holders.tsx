/** Who holds an address already, said beside the field before a double is made. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { PersonName } from '@/ui/PersonName'
import { useSettled } from '@/ui/settled'

const SHORTEST = 6

interface Props {
  kind: string
  value: string
  /** The person who is being edited. */
  but?: string
}

export function Holders({ kind, value, but }: Props) {
  const { t } = useTranslation()
  const asked = useSettled(value.trim(), 500)
  const { data } = useQuery({
    queryKey: ['holders', kind, asked],
    queryFn: ({ signal }) =>
      answer(api.POST('/v1/profiles:lookup', { body: { kind: kind as 'email' | 'phone', value: asked }, signal })),
    enabled: (kind === 'email' || kind === 'phone') && asked.length >= SHORTEST,
    // What cannot be an address is said by the form when it is sent.
    retry: false,
    staleTime: 0,
  })
  const others = (data?.profiles ?? []).filter((person) => person.id !== but)
  if (!others.length || asked !== value.trim()) return null
  return (
    <p className="holders" role="status">
      {t('clients.form.holders')}{' '}
      {others.slice(0, 3).map((person, place) => (
        <span key={person.id}>
          {place ? ', ' : ''}
          <PersonName person={person} to={`/clients/${person.id}`} />
        </span>
      ))}
    </p>
  )
}
