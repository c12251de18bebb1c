/** Make two people one: both side by side with what would come of them, and a deliberate second act. */

import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attribute, Profile } from '@/api/schema'
import { Danger } from '@/ui/Danger'
import { useCatalogue } from '@/ui/known'
import { PersonPicker } from '@/ui/PersonPicker'
import { fullName, isolated, plain, writtenContact } from '@/ui/people'
import { Failure } from '@/ui/states'
import { TermWord } from '@/ui/terms'
import { useUndo } from '@/ui/undo'
import { useActs } from './acts'
import { Lines } from './Lines'
import { useClient, useMerged } from './queries'
import { useAttributeTitle, useValueText } from './words'

export function Merge({ client, open, close }: { client: Profile; open: boolean; close(): void }) {
  const { t } = useTranslation()
  const undo = useUndo()
  const { merge, unmerge } = useActs()
  const [chosen, choose] = useState('')
  const asked = chosen === client.id ? '' : chosen
  const other = useClient(asked)
  const merged = useMerged(client.id, asked)
  const both = asked && other.data && merged.data ? { other: other.data, merged: merged.data } : null
  const failure = asked ? (other.error ?? merged.error) : null
  const name = (person: Profile) => isolated(fullName(person) || t('people.noName'))
  const act = async () => {
    await merge(client.id, client.etag, asked)
    undo(t('clients.merge.done'), () => unmerge(client.id, asked))
    close()
  }
  return (
    <Modal
      open={open}
      width={960}
      title={t('clients.merge.title')}
      onCancel={close}
      afterClose={() => choose('')}
      destroyOnHidden
      footer={
        both ? (
          <Danger
            title={t('clients.merge.title')}
            object={t('clients.merge.object', { one: name(client), other: name(both.other) })}
            button={t('clients.merge.do')}
            act={act}
          />
        ) : null
      }
    >
      <div className="stack">
        <p className="soft">{t('clients.merge.what')}</p>
        <PersonPicker label={t('clients.search')} change={(id) => choose(id ?? '')} />
        {chosen === client.id ? <p className="bad">{t('clients.merge.same')}</p> : null}
        {failure ? (
          <Failure failure={failure} small />
        ) : both ? (
          <Sides people={[client, both.other, both.merged]} />
        ) : asked ? (
          <Lines />
        ) : null}
      </div>
    </Modal>
  )
}

/** The one that stays, the one that joins, and what comes of both. */
function Sides({ people }: { people: readonly [Profile, Profile, Profile] }) {
  const { t } = useTranslation()
  const { data: catalogue = [] } = useCatalogue()
  const title = useAttributeTitle(catalogue)
  const [one, other, merged] = people
  const known = catalogue.filter(({ key }) => merged.attributes[key ?? ''])
  return (
    <table className="sides">
      <thead>
        <tr>
          <td />
          <th scope="col">{t('clients.merge.stays')}</th>
          <th scope="col">{t('clients.merge.joins')}</th>
          <th scope="col">{t('clients.merge.becomes')}</th>
        </tr>
      </thead>
      <tbody>
        {known.map((attribute) => {
          const said = [one, other].map((person) => plain(person.attributes[attribute.key ?? '']?.value))
          return (
            <tr key={attribute.key} className={said[0] === said[1] ? undefined : 'clash'}>
              <th scope="row">{title(attribute.key ?? '')}</th>
              {people.map((person, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have no other name than their place
                <td key={place}>
                  <Known attribute={attribute} person={person} />
                </td>
              ))}
            </tr>
          )
        })}
        <tr className={contacts(one) === contacts(other) ? undefined : 'clash'}>
          <th scope="row">{t('clients.data.contacts')}</th>
          {people.map((person, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have no other name than their place
            <td key={place}>
              <bdi className="wrap">{contacts(person) || '—'}</bdi>
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{t('clients.tabs.places')}</th>
          {people.map((person, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the three columns have no other name than their place
            <td key={place}>
              <bdi className="wrap">{places(person) || '—'}</bdi>
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}

function contacts(person: Profile): string {
  return person.contacts.map((each) => writtenContact(each.kind, each.value)).join(', ')
}

function places(person: Profile): string {
  return [...new Set(person.affiliations.map((place) => place.organisation_name))].filter(Boolean).join(', ')
}

function Known({ attribute, person }: { attribute: Attribute; person: Profile }) {
  const text = useValueText()
  const value = person.attributes[attribute.key ?? '']?.value
  if (!value) return <span className="soft">—</span>
  if (value.code && attribute.dictionary) return <TermWord dictionary={attribute.dictionary} code={value.code} />
  return <bdi className="wrap">{text(value)}</bdi>
}
