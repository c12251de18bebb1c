/** Erase a person for good: named, on a ground, and only after a word was typed. */
import { App, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Profile } from '@/api/schema'
import { Danger } from '@/ui/Danger'
import { fullName, isolated } from '@/ui/people'
import { useActs } from './acts'

const GROUNDS = ['subject-request', 'consent-withdrawn', 'retention-ended', 'entered-by-mistake'] as const

export function Erase({ client, open, close }: { client: Profile; open: boolean; close(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const { erase } = useActs()
  const [ground, choose] = useState<string>(GROUNDS[0])
  const act = async () => {
    await erase(client.id, ground)
    void message.success(t('clients.erase.done'))
    // Nothing is there to come back to.
    void navigate('/clients', { replace: true })
  }
  return (
    <Danger
      open={open}
      close={close}
      title={t('clients.erase.title')}
      object={t('clients.erase.object', { name: isolated(fullName(client) || t('people.noName')) })}
      sample={
        <>
          <p>{t('clients.erase.what')}</p>
          <Select
            aria-label={t('clients.erase.ground')}
            value={ground}
            onChange={choose}
            options={GROUNDS.map((each) => ({ value: each, label: t(`clients.erase.grounds.${each}`) }))}
            style={{ width: '100%' }}
          />
        </>
      }
      word={t('clients.erase.word')}
      button={t('clients.erase.do')}
      act={act}
    />
  )
}
