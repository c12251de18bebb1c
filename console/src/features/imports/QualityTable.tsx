/** The same by column, in figures. */
import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ColumnQuality } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Figure, Share } from '@/ui/words'
import { useReason } from './useReason'
import { useTargetWord } from './useTargetWord'

/** A column with its place in the file, from 1: what its addresses carry instead of its header. */
export interface Placed extends ColumnQuality {
  place: number
}

/** Give every column its place. */
export function placed(columns: readonly ColumnQuality[]): Placed[] {
  return columns.map((each, index) => ({ ...each, place: index + 1 }))
}

const PARTS = ['ok', 'corrected', 'invalid', 'empty'] as const

export function QualityTable({ id, columns }: { id: string; columns: readonly Placed[] }) {
  const { t } = useTranslation()
  const word = useTargetWord()
  return (
    <Table<Placed>
      size="small"
      rowKey="column"
      pagination={false}
      scroll={{ x: 720 }}
      dataSource={[...columns]}
      columns={[
        {
          title: t('imports.columns.column'),
          key: 'column',
          render: (_, each) => <bdi className="import-mapping-column">{each.column}</bdi>,
        },
        { title: t('imports.columns.target'), key: 'target', render: (_, each) => word(each.target) },
        ...PARTS.map((part) => ({
          title: t(`imports.quality.${part}`),
          key: part,
          align: 'end' as const,
          sorter: (a: Placed, b: Placed) => a[part] - b[part],
          render: (_: unknown, each: Placed) => <Figure value={each[part]} to={addressOf(id, each, part)} />,
        })),
        {
          title: t('imports.quality.reasons'),
          key: 'reasons',
          render: (_, each) => <Reasons id={id} of={each} />,
        },
        {
          title: t('imports.quality.share'),
          key: 'share',
          align: 'end',
          render: (_, each) => (
            <Share
              part={each.ok + each.corrected}
              whole={each.ok + each.corrected + each.invalid + each.empty}
              formula={t('imports.quality.shareFormula')}
            />
          ),
        },
      ]}
    />
  )
}

function addressOf(id: string, of: Placed, part: (typeof PARTS)[number]): string | undefined {
  if (of[part] === 0) return undefined
  return `/base/imports/${id}/rows?${new URLSearchParams({ column: `${of.place}`, cell: part })}`
}

/** Why cells of a column were mended or not read, the commonest first; each opens its rows. */
function Reasons({ id, of }: { id: string; of: Placed }) {
  const { number } = useFormat()
  const say = useReason()
  const reasons = Object.entries(of.reasons).sort(([, one], [, other]) => other - one)
  return reasons.slice(0, 3).map(([reason, count]) => (
    <div key={reason} className="cells-why soft">
      {say(reason)}{' '}
      <Link
        className="figure"
        to={`/base/imports/${id}/rows?${new URLSearchParams({ column: `${of.place}`, reason })}`}
      >
        {number(count)}
      </Link>
    </div>
  ))
}
