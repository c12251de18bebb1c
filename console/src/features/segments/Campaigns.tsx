/** What was sent to a segment, side by side: whom each campaign reached and what people did. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import type { Campaign } from '@/api/schema'
import { useMay } from '@/app/session'
import { Counted } from '@/features/campaigns/Counted'
import { StateLabel } from '@/features/campaigns/List'
import { useFormat } from '@/i18n/format'
import { Chart } from '@/ui/Chart'
import { bars, usePaints } from '@/ui/chart/kinds'
import { Failure, Nothing, Shown } from '@/ui/states'
import { Figure, Moment } from '@/ui/words'

const SHOWN = 50
const METRICS = ['reached', 'opened', 'clicked', 'converted'] as const
type Metric = (typeof METRICS)[number]

export function Campaigns({ segment }: { segment: string }) {
  const { t } = useTranslation()
  const found = useQuery({
    queryKey: ['campaigns', 'of-segment', segment],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/campaigns', { params: { query: { segment, page_size: SHOWN } }, signal })),
  })
  return (
    <Shown found={found}>
      {({ items, total }) =>
        items.length ? (
          <Compared campaigns={items} rest={total - items.length} segment={segment} />
        ) : (
          <Nothing text={t('segments.campaigns.none')} />
        )
      }
    </Shown>
  )
}

function Compared({ campaigns, rest, segment }: { campaigns: readonly Campaign[]; rest: number; segment: string }) {
  const { t } = useTranslation()
  const { number, share } = useFormat()
  const paints = usePaints()
  const mayReport = useMay('reports.read')
  const mayLog = useMay('messages.read')
  const launched = campaigns.filter((each) => each.launch_time)
  const ids = launched.map((each) => each.id)
  const found = useQuery({
    queryKey: ['report', 'of-segment', segment, ids],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/reports:query', {
          body: { metrics: [...METRICS], dimensions: ['campaign'], campaigns: ids },
          signal,
        }),
      ),
    enabled: mayReport && ids.length > 0,
  })
  const rows = new Map(found.data?.rows.map((row) => [row.dimensions.campaign ?? '', row.values]))
  const value = (campaign: string, metric: Metric) => rows.get(campaign)?.[metric]?.numerator ?? 0
  const name = (each: Campaign) => each.settings?.name ?? ''
  const word = (metric: Metric) => t(`segments.campaigns.${metric}`)
  return (
    <div className="stack">
      <section className="paper" aria-label={t('segments.tabs.campaigns')}>
        <div className="scroll">
          <table className="segment-campaigns">
            <thead>
              <tr>
                <th scope="col">{t('campaigns.name')}</th>
                <th scope="col">{t('campaigns.stateTitle')}</th>
                <th scope="col">{t('campaigns.launched')}</th>
                <th scope="col" className="figures">
                  {t('campaigns.audience')}
                </th>
                {METRICS.map((metric) => (
                  <th key={metric} scope="col" className="figures">
                    {word(metric)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {campaigns.map((each) => {
                const audience = each.progress?.audience ?? 0
                const reached = value(each.id, 'reached')
                return (
                  <tr key={each.id}>
                    <td>
                      <Link to={`/campaigns/${each.id}`}>
                        <bdi className="wrap">{name(each)}</bdi>
                      </Link>
                    </td>
                    <td>
                      <StateLabel state={each.state} />
                    </td>
                    <td>
                      <Moment time={each.launch_time} relative />
                    </td>
                    <td className="figures">
                      {audience ? (
                        <Figure value={audience} to={mayLog ? `/campaigns/${each.id}?tab=log` : undefined} />
                      ) : (
                        <span className="soft">—</span>
                      )}
                    </td>
                    {METRICS.map((metric) => {
                      const count = value(each.id, metric)
                      if (!rows.has(each.id)) {
                        return (
                          <td key={metric} className="figures soft">
                            —
                          </td>
                        )
                      }
                      return (
                        <td key={metric} className="figures">
                          <Counted campaign={each.id} metric={metric} title={word(metric)} value={count} />{' '}
                          <small className="soft figure">
                            {share(count, metric === 'reached' ? audience : reached)}
                          </small>
                        </td>
                      )
                    })}
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
        <p className="soft">{t('segments.campaigns.shares')}</p>
        {rest > 0 ? (
          <Link to={`/campaigns?segment=${segment}`}>
            {t('segments.campaigns.rest', { count: rest, number: number(rest) })}
          </Link>
        ) : null}
        {found.error ? <Failure failure={found.error} again={() => void found.refetch()} small /> : null}
      </section>
      {launched.length > 1 && found.data ? (
        <section className="paper">
          <Chart
            title={t('segments.campaigns.compare')}
            option={bars(
              paints,
              launched.map((each) => ({ name: name(each), value: value(each.id, 'reached'), outcome: 'delivered' })),
            )}
            height={launched.length * 32 + 24}
            label={t('segments.campaigns.compare')}
            data={launched.map((each) => ({
              [t('campaigns.name')]: name(each),
              ...Object.fromEntries(METRICS.map((metric) => [word(metric), value(each.id, metric)])),
            }))}
            file="segment-campaigns"
          />
        </section>
      ) : null}
    </div>
  )
}
