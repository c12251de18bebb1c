/** What came of it: figures with their formulas, the funnel, opens and clicks over time, links, losses. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Campaign } from '@/api/schema'
import { useMay } from '@/app/session'
import { drawSoon } from '@/ui/Chart'
import { Failure, Partial, Shown } from '@/ui/states'
import { Moment } from '@/ui/words'
import { Funnel } from './Funnel'
import { OverTime } from './OverTime'
import { useCounts, useReport } from './queries'
import { Rates } from './Rates'
import { moving } from './state'
import { WhatEnded } from './WhatEnded'

const HOURLY = 72 * 3_600_000

export function Report({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  useEffect(drawSoon, [])
  const mayCount = useMay('messages.read')
  const age = Date.now() - new Date(campaign.launch_time ?? '').getTime()
  const step = age < HOURLY ? 'hour' : 'day'
  const report = useReport(campaign, step)
  const counts = useCounts(campaign, mayCount)
  return (
    <div className="report">
      {moving(campaign.state) ? <Partial text={t('campaigns.stillGoing')} /> : null}
      <Shown found={report}>
        {(known) => (
          <>
            <Rates report={known} />
            {counts.data ? <Funnel campaign={campaign} report={known} counts={counts.data} /> : null}
            <OverTime campaign={campaign} report={known} step={step} />
            {counts.error && !counts.data ? (
              <Failure failure={counts.error} again={() => void counts.refetch()} small />
            ) : null}
            {counts.data ? <WhatEnded campaign={campaign} counts={counts.data} /> : null}
            <p className="soft">
              {t('campaigns.fresh')} <Moment time={known.fresh_time} />
            </p>
          </>
        )}
      </Shown>
    </div>
  )
}
