/** Beside the letter: which version goes out, and what stands in for values that are not known. */
import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/schema'
import { Label, Moment } from '@/ui/words'
import { type Letter, sameContent, variablesIn } from './letter'
import { useVariables, useVersion } from './queries'

/** Which version goes out, and whether the draft says something else. */
export function Published({ letter }: { letter: Template }) {
  const { t } = useTranslation()
  const version = useVersion(letter.id, letter.version)
  if (letter.archived) return <Label>{t('letters.archived')}</Label>
  if (!letter.version) return <p className="soft">{t('letters.unpublished')}</p>
  const same = version.data ? sameContent(version.data.content, letter.draft) : true
  return (
    <p>
      {t('letters.versionOf', { version: letter.version })} · <Moment time={version.data?.create_time} relative />{' '}
      {same ? null : <Label kind="warn">{t('letters.differs')}</Label>}
    </p>
  )
}

/** What stands in where a person's value is not known, for every variable that the letter holds. */
export function Fallbacks({
  letter,
  change,
}: {
  letter: Letter
  change(fallbacks: Readonly<Record<string, string>>, name: string): void
}) {
  const { t } = useTranslation()
  const known = useVariables()
  const used = variablesIn(letter).filter((name) => known.some((each) => each.name === name && !each.link))
  if (!used.length) return <p className="soft letter-hint">{t('letters.variablesHint')}</p>
  return (
    <div className="fallbacks">
      <h3>{t('letters.ifUnknown')}</h3>
      {used.map((name) => (
        <div key={name} className="fallback">
          <label htmlFor={`fallback-${name}`}>{known.find((each) => each.name === name)?.title}</label>
          <Input
            id={`fallback-${name}`}
            size="small"
            value={letter.fallbacks[name] ?? ''}
            placeholder={t('letters.nothingInstead')}
            onChange={(event) => change({ ...letter.fallbacks, [name]: event.target.value }, name)}
          />
        </div>
      ))}
    </div>
  )
}
