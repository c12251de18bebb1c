/** What is wrong with a field, in the reader's words. */
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '@/api/problem'

/** Return how to say what is wrong with a field: by its code, else as the server said it. */
export function useFault(): (fault: Pick<FieldProblem, 'code' | 'detail'>) => string {
  const { t, i18n } = useTranslation()
  return useCallback(
    ({ code, detail }) => (i18n.exists(`faults.${code}`) ? t(`faults.${code}`) : detail || t('faults.other')),
    [t, i18n],
  )
}
