/** Purposes and topics of consent that one may choose: those of the dictionaries, and others that somebody has. */
import { useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import { LONG } from '@/ui/known'
import { ANY_TOPIC, useCodes } from '@/ui/terms'

interface Values {
  values: readonly string[]
  failure: unknown
  again(): void
}

function useValues(field: 'consent_purpose' | 'consent_topic', dictionary: string, first: readonly string[]): Values {
  const named = useCodes(dictionary)
  const held = useQuery({
    queryKey: ['values', field],
    queryFn: ({ signal }) => answer(api.POST('/v1/profiles:countValues', { body: { field }, signal })),
    staleTime: LONG,
  })
  return {
    values: [...new Set([...first, ...named.codes, ...(held.data?.values ?? []).map((each) => each.value)])],
    failure: named.error ?? held.error,
    again: () => {
      if (named.error) void named.refetch()
      if (held.error) void held.refetch()
    },
  }
}

export function useKnownPurposes(): Values {
  return useValues('consent_purpose', 'purposes', [])
}

export function useKnownTopics(): Values {
  return useValues('consent_topic', 'topics', [ANY_TOPIC])
}
