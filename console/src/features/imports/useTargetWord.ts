import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useCatalogue } from '@/ui/known'

/** Return how to say what a column is taken as: our words for what is built in, the catalogue's title for the rest. */
export function useTargetWord(): (target: string) => string {
  const { t, i18n } = useTranslation()
  const added = useCatalogue().data
  return useCallback(
    (target) => {
      if (i18n.exists(`imports.targets.${target}`)) return t(`imports.targets.${target}`)
      return added?.find((each) => each.key === target)?.title ?? target
    },
    [added, t, i18n],
  )
}
