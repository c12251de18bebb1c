/** Make two people one: both side by side, what differs marked, and a deliberate second act. */
import { App, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attribute, Profile } from '@/api/schema'
import { Danger } from '@/ui/Danger'
import { PersonPicker } from '@/ui/PersonPicker'
import { fullName, isolated, mainWorkplace, plain, writtenContact } from '@/ui/people'
import { TermWord } from '@/ui/terms'
import { useActs, useCatalogue, useClient } from './queries'
import { today, useAttributeTitle, useValueText } from './words'

export function Merge({ client, open, close }: { client: Profile; open: boolean; close(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { merge } = useActs()
  const [chosen, choose] = useState('')
  const other = useClient(chosen || client.id).data
  const found = chosen && other?.id !== client.id ? other : undefined
  const act = async () => {
    await merge(client.id, client.etag, chosen)
    void message.success(t('clients.merge.done'))
    choose('')
    close()
  }
  return (
    <Modal
      open={open}
      width={760}
      title={t('clients.merge.title')}
      onCancel={close}
      afterClose={() => choose('')}
      destroyOnHidden
      footer={
        found ? (
          <Danger
            title={t('clients.merge.title')}
            object={t('clients.merge.object', {
              one: isolated(fullName(client) || t('people.noName')),
              other: isolated(fullName(found) || t('people.noName')),
            })}
            button={t('clients.merge.do')}
            act={act}
          />
        ) : null
      }
    >
      <div className="stack">
        <p className="soft">{t('clients.merge.what')}</p>
        <PersonPicker label={t('clients.search')} change={(id) => choose(id ?? '')} />
        {found ? <Both one={client} other={found} /> : null}
      </div>
    </Modal>
  )
}

function Both({ one, other }: { one: Profile; other: Profile }) {
  const { t } = useTranslation()
  const { data: catalogue = [] } = useCatalogue()
  const title = useAttributeTitle(catalogue)
  const sides = [one, other]
  const contacts = (person: Profile) => person.contacts.map((each) => writtenContact(each.kind, each.value)).join(', ')
  const rows = catalogue
    .filter(({ key }) => sides.some((person) => person.attributes[key ?? '']))
    .map((attribute) => {
      const key = attribute.key ?? ''
      return {
        key,
        title: title(key),
        differs: plain(one.attributes[key]?.value) !== plain(other.attributes[key]?.value),
        say: (person: Profile) => <Known attribute={attribute} person={person} />,
      }
    })
  return (
    <table className="sides">
      <thead>
        <tr>
          <td />
          <th scope="col">{t('clients.merge.stays')}</th>
          <th scope="col">{t('clients.merge.joins')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className={row.differs ? 'clash' : undefined}>
            <th scope="row">{row.title}</th>
            <td>{row.say(one)}</td>
            <td>{row.say(other)}</td>
          </tr>
        ))}
        <tr className={contacts(one) === contacts(other) ? undefined : 'clash'}>
          <th scope="row">{t('clients.data.contacts')}</th>
          {sides.map((person) => (
            <td key={person.id}>
              <bdi className="wrap">{contacts(person) || '—'}</bdi>
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{t('clients.columns.organisation')}</th>
          {sides.map((person) => (
            <td key={person.id}>
              <bdi className="wrap">{mainWorkplace(person.affiliations, today())?.organisation_name || '—'}</bdi>
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}

function Known({ attribute, person }: { attribute: Attribute; person: Profile }) {
  const text = useValueText()
  const value = person.attributes[attribute.key ?? '']?.value
  if (!value) return <span className="soft">—</span>
  if (value.code && attribute.dictionary) return <TermWord dictionary={attribute.dictionary} code={value.code} />
  return <bdi className="wrap">{text(value)}</bdi>
}
