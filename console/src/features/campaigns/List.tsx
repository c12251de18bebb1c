/** All campaigns, by state and segment. */
import './campaigns.css'
import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Campaign } from '@/api/schema'
import { useMay, useSession } from '@/app/session'
import { many, one, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { useBaseTitle } from '@/ui/known'
import { Nothing } from '@/ui/states'
import { SegmentPicker, useSegmentName } from '@/ui/terms'
import { Figure, Label, Moment } from '@/ui/words'
import { OutcomeBar } from './OutcomeBar'
import { useCampaigns } from './queries'
import { kindOf, type State, VIEWS } from './state'

const FIELDS = { state: many(VIEWS.flatMap((view) => view.states)), segment: one() }
const SIZE = 50

export function Screen() {
  const { t } = useTranslation()
  const { can } = useSession()
  const navigate = useNavigate()
  const { values, set, clear, query } = useAddress(FIELDS)
  const pages = usePages(`campaigns:${query}`)
  const segment = useSegmentName()
  const columns = useColumns()
  const found = useCampaigns({
    state: values.state as readonly State[],
    segment: values.segment,
    token: pages.token,
    size: SIZE,
  })
  const views = VIEWS.map((view) => ({
    key: view.key,
    title: t(`campaigns.views.${view.key}`),
    query: view.states.map((state) => `state=${state}`).join('&'),
    fixed: true,
  }))
  const chips = values.segment
    ? [
        {
          key: 'segment',
          label: t('campaigns.segment'),
          value: segment(values.segment),
          remove: () => set({ segment: '' }),
        },
      ]
    : []
  return (
    <ListLayout<Campaign>
      name="campaigns"
      title={t('campaigns.title')}
      total={found.data?.total}
      views={views}
      filters={
        <span className="campaign-segment">
          <SegmentPicker
            many={false}
            value={values.segment ? [values.segment] : []}
            change={([chosen]) => set({ segment: chosen ?? '' })}
            label={t('campaigns.anySegment')}
          />
        </span>
      }
      chips={chips}
      clear={clear}
      columns={columns}
      rows={found.data?.items}
      idOf={(row) => row.id}
      loading={found.isFetching && found.isPlaceholderData}
      failure={found.error}
      again={() => void found.refetch()}
      page={pages.turn(SIZE, found.data?.next_page_token)}
      preview={(row) => <Preview campaign={row} />}
      open={(row) => `/campaigns/${row.id}`}
      edit={(row) => void navigate(`/campaigns/${row.id}`)}
      empty={
        <Nothing text={t('campaigns.none')}>
          {can('campaigns.edit') ? <Link to="/campaigns/new">{t('frame.actions.campaign')}</Link> : null}
        </Nothing>
      }
      actions={
        can('campaigns.edit') ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate('/campaigns/new')}>
            {t('frame.actions.campaign')}
          </Button>
        ) : null
      }
    />
  )
}

function useColumns(): Column<Campaign>[] {
  const { t } = useTranslation()
  const segment = useSegmentName()
  const base = useBaseTitle()
  const mayLog = useMay('messages.read')
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('campaigns.name'),
        width: 240,
        always: true,
        render: (row) => <bdi className="cut">{row.settings?.name}</bdi>,
      },
      {
        key: 'state',
        title: t('campaigns.stateTitle'),
        width: 130,
        render: (row) => <StateLabel state={row.state} />,
      },
      {
        key: 'segment',
        title: t('campaigns.segment'),
        width: 200,
        render: (row) =>
          row.settings?.segment ? (
            <bdi className="cut">{segment(row.settings.segment)}</bdi>
          ) : (
            <span className="soft">—</span>
          ),
      },
      {
        key: 'audience',
        title: t('campaigns.audience'),
        width: 116,
        figures: true,
        render: (row) =>
          row.progress?.audience ? (
            <Figure value={row.progress.audience} to={mayLog ? `/campaigns/${row.id}?tab=log` : undefined} />
          ) : (
            <span className="soft">—</span>
          ),
      },
      {
        key: 'outcomes',
        title: t('campaigns.outcomes'),
        width: 180,
        render: (row) => (
          <OutcomeBar
            progress={row.progress}
            over={row.state === 'stopped'}
            log={mayLog ? `/campaigns/${row.id}?tab=log` : undefined}
            short
          />
        ),
      },
      {
        key: 'launched',
        title: t('campaigns.launched'),
        width: 140,
        render: (row) => <Moment time={row.launch_time} relative />,
      },
      {
        key: 'controller',
        title: t('campaigns.controller'),
        width: 180,
        hidden: true,
        render: (row) => <span className="cut">{base(row.settings?.controller ?? '')}</span>,
      },
      {
        key: 'changed',
        title: t('campaigns.changed'),
        width: 150,
        hidden: true,
        render: (row) => <Moment time={row.update_time} relative />,
      },
    ],
    [t, segment, base, mayLog],
  )
}

export function StateLabel({ state }: { state: Campaign['state'] }) {
  const { t } = useTranslation()
  return state ? <Label kind={kindOf(state)}>{t(`campaigns.state.${state}`)}</Label> : null
}

function Preview({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const segment = useSegmentName()
  const base = useBaseTitle()
  const mayLog = useMay('messages.read')
  const { settings, progress } = campaign
  return (
    <div className="campaign-preview">
      <h2>
        <bdi>{settings?.name}</bdi>
      </h2>
      <p>
        <StateLabel state={campaign.state} />
      </p>
      {progress?.audience ? (
        <OutcomeBar
          progress={progress}
          over={campaign.state === 'stopped'}
          log={mayLog ? `/campaigns/${campaign.id}?tab=log` : undefined}
        />
      ) : null}
      <dl className="facts">
        <dt>{t('campaigns.segment')}</dt>
        <dd>
          {settings?.segment ? (
            <Link to={`/segments/${settings.segment}`}>{segment(settings.segment)}</Link>
          ) : (
            t('campaigns.notChosen')
          )}
        </dd>
        <dt>{t('campaigns.letter')}</dt>
        <dd>
          {settings?.template ? (
            <Link to={`/letters/${settings.template}`}>{t('campaigns.openLetter')}</Link>
          ) : (
            t('campaigns.notChosen')
          )}
        </dd>
        <dt>{t('campaigns.controller')}</dt>
        <dd>{settings?.controller ? base(settings.controller) : t('campaigns.notChosen')}</dd>
        <dt>{t('campaigns.launched')}</dt>
        <dd>
          <Moment time={campaign.launch_time} />
        </dd>
        <dt>{t('campaigns.changed')}</dt>
        <dd>
          <Moment time={campaign.update_time} />
        </dd>
      </dl>
    </div>
  )
}
