/** One segment: who is in it, by what rule, why, and how it grew. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import './rules.css'
import { App, Button, Dropdown, Input, type MenuProps, Modal, Space } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { answer, api } from '@/api/client'
import { useOperation } from '@/api/operations'
import type { Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { CardLayout, CardShown } from '@/layouts/Card'
import { ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { Chart } from '@/ui/Chart'
import { PersonName } from '@/ui/PersonName'
import { PersonPicker } from '@/ui/PersonPicker'
import { mainWorkplace } from '@/ui/people'
import { Failure, Nothing, Shown } from '@/ui/states'
import { TermWord } from '@/ui/terms'
import { useUndo } from '@/ui/undo'
import { Figure, Label, Moment } from '@/ui/words'
import { Effect } from './Effect'
import { usePreview, useSegment } from './queries'
import { type Rule, termsOf, treeOf } from './rule'

const PAGE = 50

export function Screen() {
  const { segment = '' } = useParams()
  const found = useSegment(segment)
  return <CardShown found={found}>{(known) => <Card segment={known} />}</CardShown>
}

function Card({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
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
    { key: 'history', title: t('segments.tabs.history'), content: () => <History segment={segment} /> },
  ]
  return <CardLayout aside={<Aside segment={segment} />} tabs={tabs} />
}

function Aside({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const undo = useUndo()
  const mayEdit = useMay('segments.edit')
  const maySend = useMay('campaigns.edit')
  const [copying, setCopying] = useState(false)
  const [refreshing, setRefreshing] = useState<string>()
  const renew = () => queries.invalidateQueries({ queryKey: ['segments'] })
  const operation = useOperation(refreshing, () => void renew())
  const path = { params: { path: { segment: segment.id } } }
  const refresh = useMutation({
    mutationFn: () => answer(api.POST('/v1/segments/{segment}:refresh', path)),
    onSuccess: (begun) => setRefreshing(begun?.id),
  })
  const restore = () => answer(api.POST('/v1/segments/{segment}:restore', path)).then(renew)
  const archive = useMutation({
    mutationFn: () => answer(api.POST('/v1/segments/{segment}:archive', path)),
    onSuccess: async () => {
      await renew()
      undo(t('segments.archivedNow'), restore)
    },
  })
  const active = segment.state === 'active'
  const items: MenuProps['items'] = [
    { key: 'refresh', label: t('segments.refresh'), disabled: !segment.rule || !active },
    { key: 'copy', label: t('segments.copy') },
    active ? { key: 'archive', label: t('segments.archive') } : { key: 'restore', label: t('segments.restore') },
  ]
  const chosen: MenuProps['onClick'] = ({ key }) => {
    if (key === 'refresh') refresh.mutate()
    else if (key === 'copy') setCopying(true)
    else if (key === 'archive') archive.mutate()
    else void restore().catch(() => message.error(t('states.broken')))
  }
  const busy = refresh.isPending || (operation !== null && !operation.done)
  return (
    <div className="segment-aside">
      <h1>{segment.name}</h1>
      <Space size={4} wrap>
        <Label kind={segment.kind === 'live' ? 'act' : undefined}>{t(`segments.kind.${segment.kind}`)}</Label>
        {active ? null : <Label kind="warn">{t('segments.archived')}</Label>}
      </Space>
      <dl className="facts">
        <dt>{t('segments.columns.people')}</dt>
        <dd>
          <Figure value={segment.members} to="?tab=people" />
        </dd>
        <dt>{t('segments.columns.counted')}</dt>
        <dd>{busy ? t('segments.counting') : <Moment time={segment.member_time} relative />}</dd>
        <dt>{t('segments.columns.updated')}</dt>
        <dd>
          <Moment time={segment.update_time} relative />
        </dd>
      </dl>
      <Space wrap>
        {maySend && active ? (
          <Button type="primary" onClick={() => void navigate(`/campaigns/new?segment=${segment.id}`)}>
            {t('segments.send')}
          </Button>
        ) : null}
        {mayEdit && active && segment.rule ? (
          <Button onClick={() => void navigate(`/segments/${segment.id}/edit`)}>{t('segments.edit')}</Button>
        ) : null}
        {mayEdit ? (
          <Dropdown trigger={['click']} menu={{ items, onClick: chosen }}>
            <Button>{t('segments.more')}</Button>
          </Dropdown>
        ) : null}
      </Space>
      {copying ? <Copy segment={segment} close={() => setCopying(false)} /> : null}
    </div>
  )
}

function Copy({ segment, close }: { segment: Segment; close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [name, setName] = useState(t('segments.copyOf', { name: segment.name }))
  const copy = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      answer(api.POST('/v1/segments/{segment}:copy', { params: { path: { segment: segment.id } }, body: { name } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['segments'] })
      close()
      void navigate(`/segments/${made.id}`)
    },
  })
  return (
    <Modal
      open
      title={t('segments.copy')}
      okText={t('segments.copy')}
      onOk={() => copy.mutate()}
      okButtonProps={{ disabled: !name.trim(), loading: copy.isPending }}
      onCancel={close}
    >
      <Input
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
        aria-label={t('segments.name')}
      />
      {copy.error ? <Failure failure={copy.error} small /> : null}
    </Modal>
  )
}

function People({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const pages = usePages(`segment-people:${segment.id}`)
  const found = useQuery({
    queryKey: ['segments', 'people', segment.id, segment.member_time, pages.token],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/segments/{segment}/members', {
          params: { path: { segment: segment.id }, query: { page_size: PAGE, page_token: pages.token } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
  })
  const today = new Date().toISOString().slice(0, 10)
  const token = found.data?.next_page_token ?? ''
  return (
    <ListLayout
      name="segment-people"
      inside
      title={t('segments.tabs.people')}
      total={found.data?.total}
      columns={[
        {
          key: 'name',
          title: t('segments.person.name'),
          always: true,
          width: 260,
          render: (each) => <PersonName person={each} to={`/clients/${each.id}`} />,
        },
        {
          key: 'specialty',
          title: t('segments.workplace.specialty'),
          width: 180,
          render: (each) => (
            <TermWord dictionary="specialties" code={mainWorkplace(each.affiliations, today)?.specialty ?? ''} />
          ),
        },
        {
          key: 'work',
          title: t('segments.workplace.organisation'),
          width: 320,
          render: (each) => <bdi className="cut">{mainWorkplace(each.affiliations, today)?.organisation_name}</bdi>,
        },
      ]}
      rows={found.data?.items}
      idOf={(each) => each.id}
      loading={found.isFetching}
      failure={found.error}
      again={() => void found.refetch()}
      page={{ size: PAGE, index: pages.index, more: token !== '', next: () => pages.next(token), back: pages.back }}
      open={(each) => `/clients/${each.id}`}
      empty={<Nothing text={t('segments.nobody')} />}
    />
  )
}

function RuleTab({ segment }: { segment: Segment }) {
  const rule = segment.rule as Rule
  const found = usePreview(
    rule,
    useMemo(() => termsOf(treeOf(rule)), [rule]),
  )
  return (
    <div className="paper">
      <Effect found={found} />
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
  const { moment, number } = useFormat()
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
          xAxis: { type: 'time' },
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
            <h2>{t('segments.history.title')}</h2>
            <Chart option={option} height={260} label={t('segments.history.title')} data={data} file="segment" />
            {found.hasNextPage ? (
              <Button onClick={() => void found.fetchNextPage()}>{t('segments.history.earlier')}</Button>
            ) : null}
          </div>
        )
      }}
    </Shown>
  )
}
