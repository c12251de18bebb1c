/** The front page: what runs, what waits for me, what came last, how the system is. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { answer, api } from '@/api/client'
import type { Campaign, Import } from '@/api/schema'
import { actionsFor } from '@/app/actions'
import type { Ahead } from '@/app/ahead'
import { System, systemQuery } from '@/app/System'
import { useSession } from '@/app/session'
import { Work } from '@/app/Tray'
import { Failure, Nothing, Shown } from '@/ui/states'
import { useSourceTitle } from '@/ui/terms'
import { Figure, Label, Moment, Share } from '@/ui/words'

const SHOWN = 5
const IMPORT = {
  reading: 'act',
  ready: 'warn',
  committing: 'act',
  committed: 'good',
  failed: 'bad',
  cancelled: 'warn',
} as const
const FRESH = 10_000

const runningQuery = queryOptions({
  queryKey: ['operations', 'running'],
  queryFn: ({ signal }) =>
    answer(api.GET('/v1/operations', { params: { query: { running: true, page_size: SHOWN } }, signal })),
})
const importsQuery = queryOptions({
  queryKey: ['imports', 'last'],
  queryFn: ({ signal }) => answer(api.GET('/v1/imports', { params: { query: { page_size: 50 } }, signal })),
})
const campaignsQuery = queryOptions({
  queryKey: ['campaigns', 'last'],
  queryFn: ({ signal }) => answer(api.GET('/v1/campaigns', { params: { query: { page_size: 50 } }, signal })),
})

export const ahead: Ahead = ({ queries, can }) => {
  if (can('imports.read')) void queries.prefetchQuery(importsQuery)
  if (can('campaigns.read')) void queries.prefetchQuery(campaignsQuery)
  if (can('operations.read')) void queries.prefetchQuery(runningQuery)
  void queries.prefetchQuery(systemQuery)
}

export function Screen() {
  const { t } = useTranslation()
  const { can } = useSession()
  const navigate = useNavigate()
  return (
    <div className="page today">
      <header className="page-head">
        <h1>{t('today.title')}</h1>
        <div className="actions">
          {actionsFor(can).map((action) => (
            <Button key={action.key} icon={action.icon} onClick={() => void navigate(action.to)}>
              {t(`frame.actions.${action.key}`)}
            </Button>
          ))}
        </div>
      </header>
      <div className="today-grid">
        <div>
          {can('imports.read') || can('campaigns.read') ? <Waiting /> : null}
          {can('campaigns.read') ? <Campaigns /> : null}
        </div>
        <div>
          {can('operations.read') ? <Running /> : null}
          {can('imports.read') ? <Imports /> : null}
          <Part title={t('frame.system.title')}>
            <System />
          </Part>
        </div>
      </div>
    </div>
  )
}

function Part({ title, more, children }: { title: string; more?: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <section className="paper" aria-label={title}>
      <div className="part-head">
        <h2>{title}</h2>
        {more ? <Link to={more}>{t('today.all')}</Link> : null}
      </div>
      {children}
    </section>
  )
}

function Running() {
  const { t } = useTranslation()
  const found = useQuery({ ...runningQuery, refetchInterval: FRESH })
  return (
    <Part title={t('today.running')}>
      <Shown found={found}>
        {({ items }) =>
          items.length ? (
            items.map((each) => <Work key={each.id} operation={each} />)
          ) : (
            <p className="soft">{t('today.quiet')}</p>
          )
        }
      </Shown>
    </Part>
  )
}

function useImports(enabled: boolean) {
  return useQuery({ ...importsQuery, refetchInterval: FRESH, enabled })
}

function useCampaigns(enabled: boolean) {
  return useQuery({ ...campaignsQuery, refetchInterval: FRESH, enabled })
}

/** What stands still until somebody decides: files read and not committed, campaigns written and not sent. */
function Waiting() {
  const { t } = useTranslation()
  const { can } = useSession()
  const source = useSourceTitle()
  const imports = useImports(can('imports.edit'))
  const campaigns = useCampaigns(can('campaigns.edit'))
  const files = (imports.data?.items ?? []).filter((each) => each.state === 'ready')
  const drafts = (campaigns.data?.items ?? []).filter((each) => each.state === 'draft' || each.state === 'paused')
  // What one may not ask for is not waited for.
  const failed = [imports, campaigns].filter((each) => each.error && !each.data)
  const none = !files.length && !drafts.length && !imports.isLoading && !campaigns.isLoading && !failed.length
  return (
    <Part title={t('today.waiting')}>
      {none ? <p className="soft">{t('today.nothingWaits')}</p> : null}
      {failed[0] ? (
        <Failure
          failure={failed[0].error}
          again={() => {
            for (const each of failed) void each.refetch()
          }}
          small
        />
      ) : null}
      <ul className="lines">
        {files.slice(0, SHOWN).map((each) => (
          <li key={each.id}>
            <Link to={`/base/imports/${each.id}`}>{t('today.decideImport', { source: source(each.source) })}</Link>
            <Figure
              value={each.counts?.rows ?? 0}
              unit={t('today.rows', { count: each.counts?.rows ?? 0 })}
              to={`/base/imports/${each.id}/rows`}
            />
            <Moment time={each.create_time} relative />
          </li>
        ))}
        {drafts.slice(0, SHOWN).map((each) => (
          <li key={each.id}>
            <Link to={`/campaigns/${each.id}`}>{each.settings?.name}</Link>
            <Label kind={each.state === 'paused' ? 'warn' : undefined}>{t(`today.campaign.${each.state}`)}</Label>
            <Moment time={each.update_time} relative />
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Campaigns() {
  const { t } = useTranslation()
  const { can } = useSession()
  const found = useCampaigns(true)
  const launched = (items: Campaign[]) => items.filter((each) => each.launch_time).slice(0, SHOWN)
  return (
    <Part title={t('today.campaigns')} more="/campaigns">
      <Shown found={found}>
        {({ items }) =>
          launched(items).length ? (
            <ul className="lines">
              {launched(items).map((each) => (
                <li key={each.id}>
                  <Link to={`/campaigns/${each.id}`}>{each.settings?.name}</Link>
                  <Link className="figure" to={`/campaigns/${each.id}?tab=log`}>
                    <Share
                      part={each.progress?.finished ?? 0}
                      whole={each.progress?.audience ?? 0}
                      formula={t('today.finished')}
                    />
                  </Link>
                  <Label kind={each.state === 'sending' ? 'act' : each.state === 'done' ? 'good' : undefined}>
                    {t(`today.campaign.${each.state}`)}
                  </Label>
                  <Moment time={each.launch_time} relative />
                </li>
              ))}
            </ul>
          ) : (
            <Nothing text={t('today.noCampaigns')} small>
              {can('campaigns.edit') ? <Link to="/campaigns/new">{t('frame.actions.campaign')}</Link> : null}
            </Nothing>
          )
        }
      </Shown>
    </Part>
  )
}

function Imports() {
  const { t } = useTranslation()
  const { can } = useSession()
  const source = useSourceTitle()
  const found = useImports(true)
  const people = (each: Import) =>
    (each.counts?.created ?? 0) + (each.counts?.updated ?? 0) + (each.counts?.merged ?? 0)
  return (
    <Part title={t('today.imports')} more="/base/imports">
      <Shown found={found}>
        {({ items }) =>
          items.length ? (
            <ul className="lines">
              {items.slice(0, SHOWN).map((each) => (
                <li key={each.id}>
                  <Link to={`/base/imports/${each.id}`}>{source(each.source)}</Link>
                  {each.state === 'committed' ? (
                    <Link className="figure" to={`/base/imports/${each.id}/quality`}>
                      {t('today.written', { count: people(each) })}
                    </Link>
                  ) : (
                    <Link className="figure" to={`/base/imports/${each.id}/rows`}>
                      {t('today.rowsOf', { count: each.counts?.rows ?? 0 })}
                    </Link>
                  )}
                  <Label kind={IMPORT[each.state ?? 'reading']}>{t(`today.import.${each.state}`)}</Label>
                  <Moment time={each.create_time} relative />
                </li>
              ))}
            </ul>
          ) : (
            <Nothing text={t('today.noImports')} small>
              {can('imports.edit') ? <Link to="/base/imports/new">{t('frame.actions.import')}</Link> : null}
            </Nothing>
          )
        }
      </Shown>
    </Part>
  )
}
