/** Says that a person is set aside, and why. */
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useTerms } from '@/ui/terms'

export function Archived({ client }: { client: Profile }) {
  const { t } = useTranslation()
  const reason = useTerms('archive-reasons')
  const why = [client.archive_reason ? reason(client.archive_reason) : '', client.archive_comment].filter(Boolean)
  return (
    <Alert
      type="warning"
      showIcon
      title={t('clients.archived')}
      description={why.length ? <bdi className="wrap">{why.join(' · ')}</bdi> : undefined}
    />
  )
}
