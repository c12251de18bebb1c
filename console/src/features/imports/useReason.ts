import { useTranslation } from 'react-i18next'

/** Return how to say a reason of a cell, a row or a file: a sentence in the reader's words. */
export function useReason(): (reason: string) => string {
  const { t, i18n } = useTranslation()
  return (reason) =>
    i18n.exists(`imports.reasons.${reason}`) ? t(`imports.reasons.${reason}`) : t('imports.reasons.OTHER', { reason })
}
