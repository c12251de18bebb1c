/** How many of the audience came how far, each step opening its people. */
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Campaign, CampaignReport, MessageCounts } from '@/api/schema'
import type { Outcome } from '@/theme'
import { Chart } from '@/ui/Chart'
import { bars, usePaints } from '@/ui/chart/kinds'
import { Figure } from '@/ui/words'
import { Counted, CountedPeople, type Metric } from './Counted'
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
  /** The figure of the report that it is, whose people are listed beside. */
  metric?: Metric
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
  const [behind, open] = useState<Metric | null>(null)
  const log = `/campaigns/${campaign.id}?tab=log`
  const figure = (name: Metric) => report.figures.find((each) => each.metric?.name === name)?.value?.numerator ?? 0
  const [reached, converted] = [figure('reached'), figure('converted')]
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
      // Without those whose letters came back later: what the rates are measured by.
      { key: 'reached', word: t('campaigns.reached'), count: reached, outcome: 'delivered', to: '', metric: 'reached' },
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
      { key: 'converted', word: t('campaigns.converted'), count: converted, to: '', metric: 'converted' },
    ],
    [t, counts, audience, log, reached, converted],
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
        height={240}
        label={t('campaigns.funnelLabel')}
        file="funnel"
        data={stages.map((each) => ({ [t('campaigns.stage')]: each.word, [t('campaigns.people')]: each.count }))}
        onPick={({ index }) => {
          const stage = stages[index]
          if (stage?.to) void navigate(stage.to)
          else if (stage?.metric && stage.count) open(stage.metric)
        }}
      />
      <ul className="stages">
        {stages.map((each) => (
          <li key={each.key}>
            {each.word}{' '}
            {each.metric ? (
              <Counted campaign={campaign.id} metric={each.metric} title={each.word} value={each.count} />
            ) : (
              <Figure value={each.count} to={each.count && each.to ? each.to : undefined} />
            )}
          </li>
        ))}
      </ul>
      {behind ? (
        <CountedPeople
          campaign={campaign.id}
          metric={behind}
          title={stages.find((each) => each.metric === behind)?.word ?? ''}
          open
          close={() => open(null)}
        />
      ) : null}
    </section>
  )
}
