/** Shares with their formulas on hover; whoever a figure counts is a click away. */
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CampaignReport } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Figure } from '@/ui/words'
import { Counted, type Metric } from './Counted'

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

export function Rates({ report }: { report: CampaignReport }) {
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
            trigger={['hover', 'focus']}
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
