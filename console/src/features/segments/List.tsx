/** All segments of the workspace. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { answer, api } from '@/api/client'
import type { Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { flag, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { useMarks } from '@/layouts/marks'
import { usePages } from '@/layouts/pages'
import { useTyped } from '@/layouts/typed'
import { useSettled } from '@/ui/settled'
import { Nothing } from '@/ui/states'
import { Figure, Label, Moment } from '@/ui/words'
import { FollowMany } from './FollowMany'
import { useCampaignCounts } from './queries'

const PAGE = 50
const FIELDS = { archived: flag() }

export function Screen() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const mayEdit = useMay('segments.edit')
  const mayCampaigns = useMay('campaigns.read')
  const { values, set, clear } = useAddress(FIELDS)
  const [text, type] = useTyped('segments')
  const asked = useSettled(text.trim())
  const pages = usePages(`segments:${asked}:${values.archived}`)
  const found = useQuery({
    queryKey: ['segments', 'list', asked, values, pages.token],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/v1/segments:search', {
          body: { page_size: PAGE, page_token: pages.token, text: asked, archived: values.archived },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
  const [marked, mark] = useMarks(`${asked}:${values.archived}:${pages.token}`)
  const ids = found.data?.items.map((each) => each.id) ?? []
  const { data: campaigns } = useCampaignCounts(mayCampaigns ? ids : [])
  const sentence = (each: Segment) => (each.sentences as Record<string, string>)[i18n.language] ?? ''
  const columns: Column<Segment>[] = [
    {
      key: 'name',
      title: t('segments.columns.name'),
      always: true,
      width: 240,
      render: (each) => <Link to={`/segments/${each.id}`}>{each.name}</Link>,
    },
    {
      key: 'people',
      title: t('segments.columns.people'),
      width: 96,
      figures: true,
      render: (each) => <Figure value={each.members} to={`/segments/${each.id}?tab=people`} />,
    },
    ...(mayCampaigns
      ? [
          {
            key: 'campaigns',
            title: t('segments.columns.campaigns'),
            width: 116,
            figures: true,
            render: (each: Segment) => {
              const count = campaigns?.[each.id] ?? 0
              return <Figure value={count} to={count ? `/campaigns?segment=${each.id}` : undefined} />
            },
          },
        ]
      : []),
    {
      key: 'kind',
      title: t('segments.columns.kind'),
      width: 188,
      render: (each) => (
        <Label>
          {each.kind === 'live' && !each.auto_update ? t('segments.follows.byHand') : t(`segments.kind.${each.kind}`)}
        </Label>
      ),
    },
    {
      key: 'sentence',
      title: t('segments.columns.rule'),
      width: 222,
      render: (each) => (
        <span className="cut" title={sentence(each)}>
          {sentence(each)}
        </span>
      ),
    },
    {
      key: 'updated',
      title: t('segments.columns.updated'),
      width: 136,
      render: (each) => <Moment time={each.update_time} relative />,
    },
    {
      key: 'counted',
      title: t('segments.columns.counted'),
      width: 160,
      hidden: true,
      render: (each) => <Moment time={each.member_time} relative />,
    },
    {
      key: 'created',
      title: t('segments.columns.created'),
      width: 130,
      render: (each) => <Moment time={each.create_time} relative />,
    },
  ]
  const chips = values.archived
    ? [
        {
          key: 'archived',
          label: t('segments.archived'),
          value: t('segments.yes'),
          remove: () => set({ archived: false }),
        },
      ]
    : []
  return (
    <ListLayout<Segment>
      name="segments"
      title={t('frame.areas.segments')}
      total={found.data?.total}
      search={{ value: text, change: type, placeholder: t('segments.search') }}
      filters={
        values.archived ? null : (
          <Button size="small" type="text" onClick={() => set({ archived: true })}>
            {t('segments.showArchived')}
          </Button>
        )
      }
      chips={chips}
      clear={() => {
        type('')
        clear()
      }}
      columns={columns}
      rows={found.data?.items}
      idOf={(each) => each.id}
      loading={found.isPending || found.isPlaceholderData}
      failure={found.error}
      again={() => void found.refetch()}
      page={pages.turn(PAGE, found.data?.next_page_token)}
      selection={
        mayEdit && !values.archived
          ? {
              keys: marked,
              change: mark,
              bar: (
                <FollowMany
                  segments={found.data?.items.filter((each) => marked.includes(each.id)) ?? []}
                  done={() => mark([])}
                />
              ),
            }
          : undefined
      }
      open={(each) => `/segments/${each.id}`}
      edit={mayEdit ? (each) => void navigate(`/segments/${each.id}${each.rule ? '/edit' : ''}`) : undefined}
      empty={
        <Nothing text={asked ? t('segments.noneFound') : t('segments.none')}>
          {mayEdit ? <Link to="/segments/new">{t('frame.actions.segment')}</Link> : null}
        </Nothing>
      }
      actions={
        mayEdit ? (
          <Button type="primary" onClick={() => void navigate('/segments/new')}>
            {t('frame.actions.segment')}
          </Button>
        ) : null
      }
    />
  )
}
