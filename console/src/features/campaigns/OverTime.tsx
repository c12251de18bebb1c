/** Opens and clicks over time, in the zone of the report. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Campaign, CampaignReport } from '@/api/schema'
import { Chart } from '@/ui/Chart'
import { lines, usePaints } from '@/ui/chart/kinds'
import { moments, onClock, stepBefore } from './state'

interface Props {
  campaign: Campaign
  report: CampaignReport
  step: 'day' | 'hour'
}

export function OverTime({ campaign, report, step }: Props) {
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
