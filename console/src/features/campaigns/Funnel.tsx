/** How many of the audience came how far, each step opening its people. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Campaign, CampaignReport, MessageCounts } from '@/api/schema'
import type { Outcome } from '@/theme'
import { Chart } from '@/ui/Chart'
import { bars, usePaints } from '@/ui/chart/kinds'
import { Figure } from '@/ui/words'
import { Counted, CountedPeople } from './Counted'
import { goneOut } from './state'

interface Stage {
  key: string
  word: string
  count: number
  outcome?: Outcome
  /** What the others are measured by. */
  quiet?: boolean
  /** Where the people behind it are listed. */
  to: string
}

export function Funnel({
  campaign,
  report,
  counts,
}: {
  campaign: Campaign
  report: CampaignReport
  counts: MessageCounts
}) {
  const { t } = useTranslation()
  const paints = usePaints()
  const navigate = useNavigate()
  const [goal, openGoal] = useState(false)
  const log = `/campaigns/${campaign.id}?tab=log`
  const converted = report.figures.find((each) => each.metric?.name === 'converted')?.value?.numerator ?? 0
  const audience = Math.max(campaign.progress?.audience ?? 0, counts.requested)
  const stages = useMemo<Stage[]>(
    () => [
      {
        key: 'audience',
        word: t('campaigns.audience'),
        count: audience,
        quiet: true,
        // The log has a line for everybody once all were sent to, and none for those whom a stop was quicker than.
        to: audience === counts.requested ? log : '',
      },
      {
        key: 'out',
        word: t('campaigns.wentOut'),
        count: goneOut(counts.outcomes),
        quiet: true,
        to: `${log}&result=out`,
      },
      {
        key: 'delivered',
        word: t('outcomes.delivered'),
        count: counts.outcomes.delivered ?? 0,
        outcome: 'delivered',
        to: `${log}&result=delivered`,
      },
      {
        key: 'opened',
        word: t('outcomes.opened'),
        count: counts.marks.opened ?? 0,
        outcome: 'opened',
        to: `${log}&mark=opened`,
      },
      {
        key: 'clicked',
        word: t('outcomes.clicked'),
        count: counts.marks.clicked ?? 0,
        outcome: 'clicked',
        to: `${log}&mark=clicked`,
      },
      { key: 'converted', word: t('campaigns.converted'), count: converted, to: '' },
    ],
    [t, counts, audience, log, converted],
  )
  const option = useMemo(
    () =>
      bars(
        paints,
        stages.map(({ word, count, outcome, quiet }) => ({ name: word, value: count, outcome, quiet })),
        audience,
      ),
    [paints, stages, audience],
  )
  return (
    <section className="paper" aria-label={t('campaigns.funnel')}>
      <Chart
        title={t('campaigns.funnel')}
        option={option}
        height={208}
        label={t('campaigns.funnelLabel')}
        file="funnel"
        data={stages.map((each) => ({ [t('campaigns.stage')]: each.word, [t('campaigns.people')]: each.count }))}
        onPick={({ index }) => {
          const to = stages[index]?.to
          if (to) void navigate(to)
          else if (stages[index]?.key === 'converted' && converted) openGoal(true)
        }}
      />
      <ul className="stages">
        {stages.map((each) => (
          <li key={each.key}>
            {each.word}{' '}
            {each.key === 'converted' ? (
              <Counted campaign={campaign.id} metric="converted" title={each.word} value={each.count} />
            ) : (
              <Figure value={each.count} to={each.count && each.to ? each.to : undefined} />
            )}
          </li>
        ))}
      </ul>
      <CountedPeople
        campaign={campaign.id}
        metric="converted"
        title={t('campaigns.converted')}
        open={goal}
        close={() => openGoal(false)}
      />
    </section>
  )
}
