/** One segment: who is in it, by what rule, why, what was sent to it, and how it grew. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import './rules.css'
import { Button } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { answer, api } from '@/api/client'
import type { Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { CardLayout, CardShown } from '@/layouts/Card'
import { Chart } from '@/ui/Chart'
import { PersonPicker } from '@/ui/PersonPicker'
import { Nothing, Shown } from '@/ui/states'
import { Label } from '@/ui/words'
import { Aside } from './Aside'
import { Campaigns } from './Campaigns'
import { Effect } from './Effect'
import { People } from './People'
import { usePreview, useSegment } from './queries'
import { type Rule, termsOf, treeOf } from './rule'

export function Screen() {
  const { segment = '' } = useParams()
  const found = useSegment(segment)
  return <CardShown found={found}>{(known) => <Card key={known.id} segment={known} />}</CardShown>
}

function Card({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const mayCampaigns = useMay('campaigns.read')
  const tabs = [
    {
      key: 'people',
      title: t('segments.tabs.people'),
      count: segment.members,
      content: () => <People segment={segment} />,
    },
    ...(segment.rule
      ? [{ key: 'rule', title: t('segments.tabs.rule'), content: () => <RuleTab segment={segment} /> }]
      : []),
    { key: 'why', title: t('segments.tabs.why'), content: () => <Why segment={segment} /> },
    ...(mayCampaigns
      ? [
          {
            key: 'campaigns',
            title: t('segments.tabs.campaigns'),
            content: () => <Campaigns segment={segment.id} />,
          },
        ]
      : []),
    { key: 'history', title: t('segments.tabs.history'), content: () => <History segment={segment} /> },
  ]
  return <CardLayout aside={<Aside segment={segment} />} tabs={tabs} />
}

function RuleTab({ segment }: { segment: Segment }) {
  const rule = segment.rule as Rule
  const terms = useMemo(() => termsOf(treeOf(rule)), [rule])
  const found = usePreview(rule, terms)
  return (
    <div className="paper">
      <Effect found={found} rule={rule} terms={terms} wide />
    </div>
  )
}

/** Why a person is in or out, node by node of the rule. */
function Why({ segment }: { segment: Segment }) {
  const { t, i18n } = useTranslation()
  const [person, setPerson] = useState<string | null>(null)
  const found = useQuery({
    queryKey: ['segments', 'why', segment.id, segment.etag, person],
    queryFn: () =>
      answer(
        api.POST('/v1/segments/{segment}:explain', {
          params: { path: { segment: segment.id } },
          body: { profile: person ?? '' },
        }),
      ),
    enabled: person !== null,
  })
  const said = (sentences: unknown) => (sentences as Record<string, string>)[i18n.language] ?? ''
  return (
    <div className="paper">
      <p>{t('segments.why.ask')}</p>
      <PersonPicker label={t('segments.why.person')} change={setPerson} />
      {person ? (
        <Shown found={found}>
          {(why) => (
            <>
              <p style={{ marginTop: 12 }} role="status">
                <Label kind={why.member ? 'good' : 'bad'}>
                  {t(why.member ? 'segments.why.in' : 'segments.why.out')}
                </Label>{' '}
                {why.by_hand ? t(`segments.why.${why.by_hand}`) : null}
              </p>
              <Link to={`/clients/${person}`}>{t('segments.why.card')}</Link>
              <ul className="reasons">
                {why.reasons.map((each) => (
                  <li key={each.pointer} style={{ paddingInlineStart: 20 * depth(each.pointer) }}>
                    <Label kind={each.holds ? 'good' : 'bad'}>
                      {t(each.holds ? 'segments.why.yes' : 'segments.why.no')}
                    </Label>
                    <span>{said(each.sentences)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Shown>
      ) : null}
    </div>
  )
}

const depth = (pointer: string) => pointer.split('/').filter((part) => /^\d+$/.test(part)).length

function History({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const { day, moment, number } = useFormat()
  const found = useInfiniteQuery({
    queryKey: ['segments', 'history', segment.id],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/segments/{segment}/history', {
          params: { path: { segment: segment.id }, query: { page_size: 200, page_token: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next_page_token || undefined,
  })
  return (
    <Shown found={found}>
      {({ pages }) => {
        const lines = pages.flatMap((page) => page.items)
        if (!lines.length) return <Nothing text={t('segments.noHistory')} />
        const ordered = [...lines].reverse()
        const data = ordered.map((each) => ({
          [t('segments.history.time')]: moment(each.time ?? ''),
          [t('segments.history.members')]: each.members,
          [t('segments.history.joined')]: each.joined,
          [t('segments.history.left')]: each.left,
        }))
        const option: EChartsCoreOption = {
          xAxis: {
            type: 'time',
            // Labels are days: none is said twice.
            minInterval: 86_400_000,
            axisLabel: { formatter: (value: number) => day(new Date(value).toISOString()), hideOverlap: true },
          },
          yAxis: { type: 'value', min: 0, axisLabel: { formatter: (value: number) => number(value) } },
          series: [
            {
              type: 'line',
              step: 'end',
              name: t('segments.history.members'),
              data: ordered.map((each) => [each.time, each.members]),
            },
          ],
        }
        return (
          <div className="paper">
            <Chart
              title={t('segments.history.title')}
              option={option}
              height={260}
              label={t('segments.history.title')}
              data={data}
              file="segment"
            />
            {found.hasNextPage ? (
              <Button onClick={() => void found.fetchNextPage()}>{t('segments.history.earlier')}</Button>
            ) : null}
          </div>
        )
      }}
    </Shown>
  )
}
