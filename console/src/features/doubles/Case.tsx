/** People who may be one, side by side: what differs stands out, what they share is said. */
import { Radio } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attribute, MatchCandidate, Profile } from '@/api/schema'
import { useAttributeTitle } from '@/features/clients/words'
import { useFormat } from '@/i18n/format'
import { useBaseTitle } from '@/ui/known'
import { PersonName } from '@/ui/PersonName'
import { writtenContact } from '@/ui/people'
import { TermWord } from '@/ui/terms'
import { Day, Label } from '@/ui/words'
import { attributesOf, contactsOf, kindsOf, type Likeness, type Line, sharedOf } from './compare'

interface Props {
  found: MatchCandidate
  catalogue: readonly Attribute[]
  survivor: string
  /** Absent when nothing can be decided. */
  keep?(id: string): void
}

export function Case({ found, catalogue, survivor, keep }: Props) {
  const { t } = useTranslation()
  const base = useBaseTitle()
  const title = useAttributeTitle(catalogue)
  const { profiles } = found
  return (
    <div className="double">
      <Why found={found} />
      <table className="double-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">{t('doubles.what')}</span>
            </th>
            {profiles.map((person, place) => (
              <th key={person.id} scope="col">
                <PersonName person={person} to={`/clients/${person.id}`} />
                {keep ? (
                  <Radio checked={person.id === survivor} onChange={() => keep(person.id)}>
                    {t('doubles.stays')} <kbd>{place + 1}</kbd>
                  </Radio>
                ) : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {attributesOf(found).map((line) => (
            <Compared key={line.key} line={line} title={title(line.key)}>
              {(value) => <Value of={catalogue.find((each) => each.key === line.key)} text={value} />}
            </Compared>
          ))}
          {kindsOf(profiles).map((kind) => {
            const line = contactsOf(profiles, kind)
            const shared = sharedOf(line)
            return (
              <Compared key={kind} line={line} title={t(`doubles.kinds.${kind}`, kind)}>
                {(value) => (
                  <>
                    <bdi>{writtenContact(kind, value)}</bdi>{' '}
                    {shared.has(value) ? <Label kind="act">{t('doubles.shared')}</Label> : null}
                  </>
                )}
              </Compared>
            )
          })}
          <tr>
            <th scope="row">{t('doubles.workplaces')}</th>
            {profiles.map((person) => (
              <td key={person.id}>
                <Workplaces person={person} />
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t('doubles.bases')}</th>
            {profiles.map((person) => (
              <td key={person.id}>{person.bases.map(base).join(', ')}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t('doubles.known')}</th>
            {profiles.map((person) => (
              <td key={person.id}>
                <Day date={person.create_time} /> · {t('doubles.records', { count: person.records.length })}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

function Why({ found }: { found: MatchCandidate }) {
  const { t, i18n } = useTranslation()
  const kind = found.key_kind.split(':')[0] ?? ''
  const key = i18n.exists(`doubles.keys.${kind}`) ? t(`doubles.keys.${kind}`) : found.key_kind
  const why = i18n.exists(`doubles.reasons.${found.reason}`) ? found.reason : 'other'
  return <p className="double-why">{t(`doubles.reasons.${why}`, { key })}</p>
}

const LOOK: Record<Likeness, string> = { same: 'double-same', differs: 'double-differs', alone: 'double-alone' }

function Compared({ line, title, children }: { line: Line; title: string; children(value: string): ReactNode }) {
  const { t } = useTranslation()
  return (
    <tr className={LOOK[line.likeness]}>
      <th scope="row">
        {title}
        {line.likeness === 'differs' ? <span className="unseen"> {t('doubles.differs')}</span> : null}
      </th>
      {line.values.map((values, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: people of a case keep their places
        <td key={place}>
          {values.length === 0 ? <span className="soft">—</span> : null}
          {values.map((value) => (
            <div key={value}>{children(value)}</div>
          ))}
        </td>
      ))}
    </tr>
  )
}

function Value({ of, text }: { of: Attribute | undefined; text: string }) {
  const { day } = useFormat()
  if (of?.type === 'code' && of.dictionary) return <TermWord dictionary={of.dictionary} code={text} />
  return <bdi>{of?.type === 'date' ? day(text) : text}</bdi>
}

function Workplaces({ person }: { person: Profile }) {
  if (person.affiliations.length === 0) return <span className="soft">—</span>
  return person.affiliations.slice(0, 4).map((place) => (
    <div key={`${place.record}:${place.organisation}:${place.specialty}:${place.position}`}>
      <bdi>{place.organisation_name}</bdi>
      {place.specialty ? (
        <span className="soft">
          {place.organisation_name ? ', ' : ''}
          <TermWord dictionary="specialties" code={place.specialty} />
        </span>
      ) : null}
    </div>
  ))
}
