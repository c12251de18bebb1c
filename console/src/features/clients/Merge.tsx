/** Make two people one: both side by side, what differs marked, and a deliberate second act. */
import { App, Modal, Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attribute, Profile } from '@/api/schema'
import { Danger } from '@/ui/Danger'
import { fullName, isolated, mainWorkplace, plain, writtenContact } from '@/ui/people'
import { useSettled } from '@/ui/settled'
import { TermWord } from '@/ui/terms'
import { useActs, useCatalogue, useClient, useClients } from './queries'
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
        <PersonPicker but={client.id} value={chosen} change={choose} />
        {found ? <Both one={client} other={found} /> : null}
      </div>
    </Modal>
  )
}

function PersonPicker({ but, value, change }: { but: string; value: string; change(id: string): void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const asked = useSettled(useDeferredValue(text.trim()))
  const found = useClients({ text: asked, rule: undefined, order: '', token: '' })
  const options = (asked ? (found.data?.items ?? []) : [])
    .filter((person) => person.id !== but)
    .slice(0, 20)
    .map((person) => ({
      value: person.id,
      label: isolated(fullName(person) || t('people.noName')),
      hint: person.contacts.map((contact) => writtenContact(contact.kind, contact.value)).join(', '),
    }))
  return (
    <Select
      autoFocus
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value || undefined}
      onChange={change}
      placeholder={t('clients.search')}
      aria-label={t('clients.merge.whom')}
      options={options}
      loading={found.isFetching}
      notFoundContent={asked ? t('people.nothingFound') : t('clients.merge.type')}
      optionRender={({ data }) => (
        <div>
          <div className="cut">{data.label}</div>
          <small className="soft cut">{data.hint}</small>
        </div>
      )}
      style={{ width: '100%' }}
    />
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
