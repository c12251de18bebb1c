/** The rows of a file with a verdict in every cell: looked through by verdict, column or action, mended in place. */
import { Segmented, Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import, ImportCounts } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { one, useAddress, whole } from '@/layouts/address'
import { Chips } from '@/layouts/Chips'
import { Shape } from '@/ui/Shape'
import { Failure, Nothing } from '@/ui/states'
import { type Action, type RowFilter, type RowState, useRows, type Verdict } from './queries'
import { Sheet } from './Sheet'
import { useReason } from './useReason'

const VERDICTS: readonly { verdict: Verdict; count: keyof ImportCounts }[] = [
  { verdict: 'refused', count: 'refused' },
  { verdict: 'warning', count: 'warned' },
  { verdict: 'corrected', count: 'corrected' },
  { verdict: 'ok', count: 'ok' },
]
const ACTIONS: readonly Action[] = ['created', 'updated', 'merged', 'unchanged', 'refused']
const CELLS: readonly NonNullable<RowFilter['cell']>[] = ['ok', 'corrected', 'invalid', 'warning', 'refused', 'empty']
const STATES: readonly RowState[] = ['written', 'pending', 'refused']
const FIELDS = {
  verdict: one(
    '',
    VERDICTS.map((each) => each.verdict),
  ),
  action: one('', ACTIONS),
  column: whole(),
  cell: one('', CELLS),
  reason: one(),
  state: one('', STATES),
}

export function Rows({ found, editable }: { found: Import; editable: boolean }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { values, set } = useAddress(FIELDS)
  const filter: RowFilter = useMemo(
    () => Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as RowFilter,
    [values],
  )
  const pages = useRows(found.id, filter)
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data])
  const total = pages.data?.pages[0]?.total ?? 0
  const counts = found.counts
  const tried = found.dry_run ?? (found.state === 'committed' || found.state === 'cancelled' ? found.counts : null)
  const reason = useReason()

  return (
    <div className="import-rows">
      <div className="import-rows-tools">
        <Segmented
          value={values.verdict}
          onChange={(verdict) => set({ verdict })}
          options={[
            { value: '', label: <Counted word={t('imports.verdicts.all')} count={counts?.rows} /> },
            ...VERDICTS.map(({ verdict, count }) => ({
              value: verdict,
              label: <Counted word={t(`imports.verdicts.${verdict}`)} count={counts?.[count]} kind={verdict} />,
            })),
          ]}
        />
        {tried ? (
          <Select
            className="import-rows-action"
            value={values.action}
            onChange={(action) => set({ action })}
            aria-label={t('imports.rows.action')}
            options={[
              { value: '', label: t('imports.rows.anyAction') },
              ...ACTIONS.map((action) => ({
                value: action,
                label: `${t(`imports.actions.${action}`)} · ${number(tried[action])}`,
              })),
            ]}
          />
        ) : null}
        <Select
          className="import-rows-action"
          value={values.column}
          onChange={(column) => set({ column, cell: '', reason: '' })}
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('imports.rows.column')}
          options={[
            { value: 0, label: t('imports.rows.anyColumn') },
            ...found.mapping
              .map(({ column, target }, place) => ({
                value: place + 1,
                taken: target !== '',
                label: t('imports.rows.inColumn', { column }),
              }))
              .filter((each) => each.taken),
          ]}
        />
        <Chips
          chips={[
            {
              key: 'cell',
              label: t('imports.rows.cell'),
              value: [values.cell && t(`imports.cells.${values.cell}`), values.reason && reason(values.reason)]
                .filter(Boolean)
                .join(', '),
              remove: () => set({ cell: '', reason: '' }),
            },
            {
              key: 'state',
              label: t('imports.rows.state'),
              value: values.state && t(`imports.rows.states.${values.state}`),
              remove: () => set({ state: '' }),
            },
          ].filter((chip) => chip.value)}
        />
      </div>
      {pages.error && rows.length === 0 ? (
        <Failure failure={pages.error} again={() => void pages.refetch()} />
      ) : !pages.data ? (
        <div className="virtual import-rows-loading">
          <Shape rows={12} />
        </div>
      ) : total === 0 ? (
        <Nothing text={t('imports.rows.none')} />
      ) : (
        <Sheet
          key={JSON.stringify(filter)}
          found={found}
          rows={rows}
          total={total}
          editable={editable}
          more={pages.hasNextPage && !pages.isFetchingNextPage ? pages.fetchNextPage : null}
        />
      )}
    </div>
  )
}

function Counted({ word, count, kind }: { word: string; count?: number; kind?: string }) {
  const { number } = useFormat()
  return (
    <span className={kind ? `verdict-${kind}` : undefined}>
      {word} {count === undefined ? null : <span className="figure soft">{number(count)}</span>}
    </span>
  )
}
