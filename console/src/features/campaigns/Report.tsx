/** What came of it: figures with their formulas, the funnel, opens and clicks over time, links, losses. */
import { useQuery } from '@tanstack/react-query'
import { Tooltip } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { answer, api } from '@/api/client'
import type { Campaign, CampaignReport, MessageCounts } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import type { Outcome } from '@/theme'
import { Chart } from '@/ui/Chart'
import { bars, lines, usePaints } from '@/ui/chart/kinds'
import { useReason } from '@/ui/messages'
import { Failure, Partial, Shown } from '@/ui/states'
import { Figure, Moment, OutcomeWord } from '@/ui/words'
import { Counted, CountedPeople, type Metric } from './Counted'
import { useCounts, useReport } from './queries'
import { goneOut, moments, moving, onClock, partsOf, stepBefore } from './state'

const RATES = ['ctr', 'cto', 'open_rate', 'unsubscribe_rate', 'bounce_rate'] as const
/** Metrics that count people: their figures open them. */
const COUNTED: readonly string[] = [
  'reached',
  'opened',
  'clicked',
  'replied',
  'unsubscribed',
  'complained',
  'converted',
  'returned',
] satisfies Metric[]
const HOURLY = 72 * 3_600_000

export function Report({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
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
            {counts.data ? <Behind campaign={campaign} counts={counts.data} /> : null}
            <p className="soft">
              {t('campaigns.fresh')} <Moment time={known.fresh_time} />
            </p>
          </>
        )}
      </Shown>
    </div>
  )
}

function Rates({ report }: { report: CampaignReport }) {
  const { t, i18n } = useTranslation()
  const { number, share } = useFormat()
  const named = new Map(report.figures.map((each) => [each.metric?.name ?? '', each]))
  const title = (name: string) => named.get(name)?.metric?.titles[i18n.language] ?? name
  return (
    <div className="rates">
      {RATES.map((name) => {
        const figure = named.get(name)
        if (!figure?.metric || !figure.value) return null
        const { numerator, denominator } = figure.value
        const [above = '', below = ''] = figure.metric.formula.split(' / ')
        const says = figure.metric.descriptions[i18n.language] ?? ''
        return (
          <Tooltip
            key={name}
            title={
              <>
                <div>{says}</div>
                <div>
                  {title(above)} / {title(below)} = {number(numerator)} / {number(denominator)}
                </div>
              </>
            }
          >
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the formula is shown on focus too */}
            <section className="paper rate" tabIndex={0} aria-label={title(name)}>
              <span className="soft">{title(name)}</span>
              <strong className="figure">{share(numerator, denominator)}</strong>
              <small className="soft figure">
                <Side name={above} value={numerator} title={title(above)} campaign={report.campaign} />
                {' / '}
                <Side name={below} value={denominator} title={title(below)} campaign={report.campaign} />
              </small>
            </section>
          </Tooltip>
        )
      })}
      <p className="unseen">{t('campaigns.formulaHint')}</p>
    </div>
  )
}

/** One side of a share: whoever is counted is listed, messages are only counted. */
function Side({ name, value, title, campaign }: { name: string; value: number; title: string; campaign: string }) {
  return COUNTED.includes(name) ? (
    <Counted campaign={campaign} metric={name as Metric} title={title} value={value} />
  ) : (
    <Figure value={value} />
  )
}

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

function Funnel({ campaign, report, counts }: { campaign: Campaign; report: CampaignReport; counts: MessageCounts }) {
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

interface OverTimeProps {
  campaign: Campaign
  report: CampaignReport
  step: 'day' | 'hour'
}

function OverTime({ campaign, report, step }: OverTimeProps) {
  const { t, i18n } = useTranslation()
  const paints = usePaints()
  const rows = useMemo(() => {
    const clock = new Intl.DateTimeFormat(
      i18n.language,
      step === 'hour'
        ? { day: 'numeric', month: 'numeric', hour: '2-digit', minute: '2-digit' }
        : { day: 'numeric', month: 'short' },
    )
    // Already in the report's zone: read as it is written.
    const known = new Map(report.days.map((row) => [row.dimensions[step] ?? '', row.values]))
    // From one step before the launch, where both are nought.
    const began = onClock(stepBefore(campaign.launch_time ?? '', step), report.time_zone, step)
    const fresh = onClock(report.fresh_time ?? '', report.time_zone, step)
    const last = [...known.keys()].sort().at(-1) ?? began
    return moments(began, step === 'hour' && fresh > last ? fresh : last, step).map((time) => ({
      time: clock.format(new Date(step === 'hour' ? time : `${time}T12:00`)),
      opened: known.get(time)?.opened?.numerator ?? 0,
      clicked: known.get(time)?.clicked?.numerator ?? 0,
    }))
  }, [campaign.launch_time, report, step, i18n.language])
  const option = useMemo(
    () =>
      lines(
        paints,
        rows.map((row) => row.time),
        (['opened', 'clicked'] as const).map((outcome) => ({
          name: t(`outcomes.${outcome}`),
          values: rows.map((row) => row[outcome]),
          outcome,
        })),
        '',
      ),
    [rows, paints, t],
  )
  if (!rows.some((row) => row.opened || row.clicked)) return null
  const said = t(step === 'hour' ? 'campaigns.byHour' : 'campaigns.byDay', { zone: report.time_zone })
  return (
    <section className="paper" aria-label={t('campaigns.overTime')}>
      <Chart
        title={t('campaigns.overTime')}
        note={said}
        option={option}
        height={200}
        label={said}
        file="opens-and-clicks"
        data={rows.map((row) => ({
          [t('campaigns.time')]: row.time,
          [t('outcomes.opened')]: row.opened,
          [t('outcomes.clicked')]: row.clicked,
        }))}
      />
    </section>
  )
}

/** Why messages did not arrive, what people did against them, and which links led them on: every figure opens them. */
function Behind({ campaign, counts }: { campaign: Campaign; counts: MessageCounts }) {
  const { t } = useTranslation()
  const reason = useReason()
  const log = `/campaigns/${campaign.id}?tab=log`
  const ended = Object.entries(counts.reasons)
    .map(([key, count]) => {
      const [outcome = '', why = ''] = key.split('/')
      return { outcome, why, count }
    })
    .filter((each) => each.outcome !== 'delivered')
    .sort((one, other) => other.count - one.count)
  const later = counts.marks['bounced-later'] ?? 0
  return (
    <div className="behind">
      <section className="paper" aria-label={t('campaigns.notArrived')}>
        <h2>{t('campaigns.notArrived')}</h2>
        {ended.length || later ? (
          <ul className="lines">
            {ended.map(({ outcome, why, count }) => (
              <li key={`${outcome}/${why}`}>
                <OutcomeWord outcome={partsOf({ [outcome]: 1 }, 1)[0]?.outcome ?? 'stopped'} />
                <span>{reason({ state: 'done', outcome: outcome as never, reason: why })}</span>
                <Figure value={count} to={`${log}&reason=${encodeURIComponent(why)}`} />
              </li>
            ))}
            {later ? <Later campaign={campaign} all={later} /> : null}
          </ul>
        ) : (
          <p className="soft">{t('campaigns.allArrived')}</p>
        )}
        <h3>{t('campaigns.against')}</h3>
        <ul className="lines">
          {(['unsubscribed', 'complained'] as const).map((mark) => (
            <li key={mark}>
              <span>{t(`messages.marks.${mark}`)}</span>
              <Figure value={counts.marks[mark] ?? 0} to={counts.marks[mark] ? `${log}&mark=${mark}` : undefined} />
            </li>
          ))}
        </ul>
      </section>
      <section className="paper" aria-label={t('campaigns.links')}>
        <h2>{t('campaigns.links')}</h2>
        {counts.links.length ? (
          <ul className="lines">
            {counts.links.map((each) => (
              <li key={`${each.template}-${each.template_version}-${each.link}`}>
                <bdi className="cut" title={each.address}>
                  {each.address || t('campaigns.linkNo', { number: each.link + 1 })}
                </bdi>
                <Figure value={each.count} to={`${log}&link=${each.link}`} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="soft">{t('campaigns.noClicks')}</p>
        )}
      </section>
    </div>
  )
}

/** Letters that came back after they had been taken, by how bad it is. */
function Later({ campaign, all }: { campaign: Campaign; all: number }) {
  const { t } = useTranslation()
  const log = `/campaigns/${campaign.id}?tab=log`
  const found = useQuery({
    queryKey: ['campaign', campaign.id, 'returned', all],
    queryFn: async ({ signal }) => {
      const count = async (bounce_class: 'hard' | 'soft') =>
        (
          await answer(
            api.GET('/v1/campaigns/{campaign}/messages', {
              params: { path: { campaign: campaign.id }, query: { bounce_class, page_size: 1 } },
              signal,
            }),
          )
        ).total
      return { hard: await count('hard'), soft: await count('soft') }
    },
  })
  const classes = (['hard', 'soft'] as const).filter((each) => found.data?.[each])
  return (
    <>
      <li>
        <OutcomeWord outcome="bounced" />
        <span>{t('messages.marks.bounced-later')}</span>
        <Figure value={all} to={`${log}&mark=bounced-later`} />
      </li>
      {classes.map((each) => (
        <li key={each} className="inner">
          <span>{t(`campaigns.bounce.${each}`)}</span>
          <Link className="figure" to={`${log}&bounce=${each}`}>
            <Figure value={found.data?.[each] ?? 0} />
          </Link>
        </li>
      ))}
    </>
  )
}
