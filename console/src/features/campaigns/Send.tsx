/** The last look: what goes to whom in whose name; and the launch, which names the number. */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Campaign } from '@/api/schema'
import { useMay } from '@/app/session'
import { Preview } from '@/features/letters/Preview'
import { useLetter } from '@/features/letters/queries'
import { useFormat } from '@/i18n/format'
import { CardShown } from '@/layouts/Card'
import { Danger } from '@/ui/Danger'
import { launch, type useCheck } from './queries'
import { Settings } from './Settings'
import type { Step } from './state'

interface Props {
  campaign: Campaign
  check: ReturnType<typeof useCheck>
  go(step: Step): void
}

export function Send({ campaign, check, go }: Props) {
  const { t } = useTranslation()
  const may = useMay('campaigns.launch')
  const letter = useLetter(campaign.settings?.template ?? '')
  const [person, setPerson] = useState('')
  return (
    <div className="campaign-whom">
      <section className="paper">
        <h2>{t('campaigns.summary')}</h2>
        <Settings campaign={campaign} letter={letter.data} />
        {check.data && !check.data.passed ? (
          <Alert
            type="error"
            title={t('campaigns.notPassed')}
            action={
              <Button size="small" onClick={() => go('check')}>
                {t('campaigns.toCheck')}
              </Button>
            }
          />
        ) : null}
        {may ? null : <Alert type="info" title={t('campaigns.mayNotLaunch')} />}
      </section>
      <section className="paper">
        <CardShown found={letter}>{(known) => <Preview letter={known} person={person} choose={setPerson} />}</CardShown>
      </section>
    </div>
  )
}

/** The launch itself, a deliberate second act: its button and its word are the number of people. */
export function Launch({ campaign, check }: Pick<Props, 'campaign' | 'check'>) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const letter = useLetter(campaign.settings?.template ?? '')
  const reachable = check.data?.reachable ?? 0
  const said = { count: reachable, number: number(reachable) }
  const begin = async () => {
    // Refused or not, what stands now is shown: another tab may have launched it, or changed whom it reaches.
    await launch(campaign).finally(() => queries.invalidateQueries({ queryKey: ['campaign', campaign.id] }))
    void queries.invalidateQueries({ queryKey: ['campaigns'] })
    void queries.invalidateQueries({ queryKey: ['operations'] })
    void navigate(`/campaigns/${campaign.id}`, { replace: true })
  }
  return (
    <Danger
      main
      title={t('campaigns.launching')}
      object={
        <>
          <p>
            <strong>
              <bdi>{campaign.settings?.name}</bdi>
            </strong>
          </p>
          <p>{t('campaigns.launchObject', { ...said, subject: letter.data?.draft?.subject ?? '' })}</p>
          <p className="soft">{t('campaigns.launchNote')}</p>
        </>
      }
      word={number(reachable)}
      button={t('campaigns.sendTo', said)}
      disabled={!check.data?.passed || check.isFetching || reachable === 0}
      act={begin}
    />
  )
}
