/** Words for codes that an installation may add to: known ones are translated, others are shown as they are. */
import { useTranslation } from 'react-i18next'
import type { Attribute, AttributeValue } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { plain } from '@/ui/people'

/** Return how to say a code of a group of words, such as `purposes`. */
export function useCode(): (group: string, code: string) => string {
  const { t, i18n } = useTranslation()
  return (group, code) => {
    const key = `people.${group}.${code}`
    return code && i18n.exists(key) ? t(key) : code
  }
}

/** Return how to name an attribute: built-in ones in the reader's words, others by their title. */
export function useAttributeTitle(catalogue: readonly Attribute[] | undefined): (key: string) => string {
  const { t, i18n } = useTranslation()
  return (key) => {
    if (i18n.exists(`people.attributes.${key}`)) return t(`people.attributes.${key}`)
    return catalogue?.find((each) => each.key === key)?.title ?? key
  }
}

/** Return how to write a value that needs no dictionary. */
export function useValueText(): (value: AttributeValue | null | undefined) => string {
  const { t } = useTranslation()
  const { day, number } = useFormat()
  return (value) => {
    if (!value) return ''
    if (value.date) return day(value.date)
    if (typeof value.number === 'number') return number(value.number)
    if (typeof value.flag === 'boolean') return t(value.flag ? 'people.yes' : 'people.no')
    return plain(value)
  }
}
