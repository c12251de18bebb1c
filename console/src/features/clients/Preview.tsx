/** A person beside the list: who it is, the three facts, addresses. */
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { fullName } from '@/ui/people'
import { Contacts } from './Contacts'
import { Facts, StateLabels } from './Facts'
import { ToSegment } from './ToSegment'

export function Preview({ client }: { client: Profile }) {
  const { t } = useTranslation()
  const segments = useMay('segments.edit')
  return (
    <div className="client-preview">
      <h2>
        <bdi className="wrap">{fullName(client) || t('people.noName')}</bdi>
      </h2>
      <StateLabels client={client} />
      <Facts client={client} />
      <h3>{t('clients.data.contacts')}</h3>
      <Contacts client={client} />
      {segments ? <ToSegment ids={[client.id]} /> : null}
    </div>
  )
}
