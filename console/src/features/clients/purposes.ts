/** Purposes and topics of consent that this installation knows: those that somebody has, and the usual ones. */
import { useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'

const USUAL = { consent_purpose: ['marketing'], consent_topic: ['*', 'newsletter'] }
const LONG = 10 * 60_000

function useValues(field: keyof typeof USUAL): string[] {
  const { data } = useQuery({
    queryKey: ['values', field],
    queryFn: () => answer(api.POST('/v1/profiles:countValues', { body: { field } })),
    staleTime: LONG,
  })
  return [...new Set([...USUAL[field], ...(data?.values ?? []).map((each) => each.value)])]
}

export function useKnownPurposes(): string[] {
  return useValues('consent_purpose')
}

export function useKnownTopics(): string[] {
  return useValues('consent_topic')
}
