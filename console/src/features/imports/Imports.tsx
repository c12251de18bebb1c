/** All imports, newest first; each opens where it was left. */

import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Import } from '@/api/schema'
import { useMay, useSession } from '@/app/session'
import { many, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { useColleagues } from '@/ui/colleagues'
import { useBases, useSources } from '@/ui/known'
import { Nothing } from '@/ui/states'
import { Figure, Label, Moment } from '@/ui/words'
import { rowsOf, useImports } from './queries'

type State = NonNullable<Import['state']>

const SIZE = 50
/** Tabs over the list, by the states that they show. */
const VIEWS: Readonly<Record<string, readonly State[]>> = {
  all: [],
  waiting: ['ready', 'cancelled'],
  working: ['reading', 'committing'],
  written: ['committed'],
  refused: ['failed'],
}
const FIELDS = { state: many(Object.values(VIEWS).flat()) }
const KIND = {
  reading: 'act',
  ready: 'warn',
  committing: 'act',
  committed: 'good',
  failed: 'bad',
  cancelled: 'warn',
} as const

export function Screen() {
  const { t } = useTranslation()
  const { workspace } = useSession()
  const mayEdit = useMay('imports.edit')
  const { values } = useAddress(FIELDS)
  const pages = usePages(`imports:${workspace}:${values.state.join()}`)
  const found = useImports({ size: SIZE, token: pages.token }, values.state as State[])
  const sources = useSources().data
  const bases = useBases()
  const colleague = useColleagues(found.data?.items.map((each) => each.principal) ?? [])
  const upload = (
    <Link to="/base/imports/new">
      <Button type="primary" icon={<UploadOutlined />}>
        {t('imports.list.new')}
      </Button>
    </Link>
  )
  const figure = (row: Import, action: 'created' | 'updated' | 'merged' | 'refused') => {
    const past = row.state === 'committed' || row.state === 'cancelled'
    const counts = past ? row.counts : row.dry_run
    if (!counts) return <span className="soft">—</span>
    const to = counts[action] > 0 ? rowsOf(row.id, action, past) : undefined
    return <Figure value={counts[action]} to={to} />
  }
  const columns: Column<Import>[] = [
    {
      key: 'source',
      title: t('imports.list.source'),
      always: true,
      width: 200,
      render: (row) => (
        <Link to={`/base/imports/${row.id}`}>
          {sources?.find((each) => each.key === row.source)?.title ?? row.source}
        </Link>
      ),
    },
    {
      key: 'when',
      title: t('imports.list.when'),
      width: 112,
      render: (row) => <Moment time={row.create_time} relative />,
    },
    {
      key: 'kind',
      title: t('imports.file.kind'),
      width: 120,
      hidden: true,
      render: (row) => t(`imports.kinds.${row.kind}`),
    },
    {
      key: 'base',
      title: t('imports.list.base'),
      width: 150,
      hidden: true,
      render: (row) => bases?.find((each) => each.key === row.base)?.title ?? row.base,
    },
    {
      key: 'state',
      title: t('imports.list.state'),
      width: 116,
      render: (row) => (row.state ? <Label kind={KIND[row.state]}>{t(`imports.states.${row.state}`)}</Label> : null),
    },
    {
      key: 'rows',
      title: t('imports.list.rows'),
      width: 76,
      figures: true,
      render: (row) =>
        row.counts?.rows ? (
          <Figure value={row.counts.rows} to={row.state === 'failed' ? undefined : `/base/imports/${row.id}/rows`} />
        ) : (
          <span className="soft">—</span>
        ),
    },
    ...(['created', 'updated', 'merged', 'refused'] as const).map((action) => ({
      key: action,
      title: t(`imports.list.${action}`),
      width: 98,
      figures: true,
      render: (row: Import) => figure(row, action),
    })),
    {
      key: 'who',
      title: t('imports.list.who'),
      width: 120,
      render: (row) => colleague(row.principal),
    },
  ]
  return (
    <ListLayout<Import>
      name="imports"
      title={t('imports.list.title')}
      total={found.data?.total}
      views={Object.entries(VIEWS).map(([key, states]) => ({
        key,
        title: t(`imports.views.${key}`),
        query: states.map((state) => `state=${state}`).join('&'),
        fixed: true,
      }))}
      columns={columns}
      rows={found.data?.items}
      idOf={(row) => row.id}
      loading={found.isPending}
      failure={found.error}
      again={() => void found.refetch()}
      page={pages.turn(SIZE, found.data?.next_page_token)}
      open={(row) => `/base/imports/${row.id}`}
      empty={
        values.state.length ? (
          <Nothing text={t('imports.list.none')} />
        ) : (
          <Nothing text={t('imports.list.empty')}>{mayEdit ? upload : null}</Nothing>
        )
      }
      actions={mayEdit ? upload : null}
    />
  )
}
