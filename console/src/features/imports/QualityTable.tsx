/** The same by column, in figures. */
import { Table } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ColumnQuality } from '@/api/schema'
import { Figure, Share } from '@/ui/words'
import { useTargetWord } from './useTargetWord'

const PARTS = ['ok', 'corrected', 'invalid', 'empty'] as const

/** Cells of which the server can say in which rows they stand. */
const OPENS: Partial<Record<(typeof PARTS)[number], string>> = { corrected: 'corrected', invalid: 'warning' }

export function QualityTable({ id, columns }: { id: string; columns: readonly ColumnQuality[] }) {
  const { t } = useTranslation()
  const word = useTargetWord()
  return (
    <Table<ColumnQuality>
      size="small"
      rowKey="column"
      pagination={false}
      dataSource={[...columns]}
      columns={[
        {
          title: t('imports.columns.column'),
          key: 'column',
          render: (_, each) => <bdi>{each.column}</bdi>,
        },
        { title: t('imports.columns.target'), key: 'target', render: (_, each) => word(each.target) },
        ...PARTS.map((part) => ({
          title: t(`imports.quality.${part}`),
          key: part,
          align: 'end' as const,
          sorter: (a: ColumnQuality, b: ColumnQuality) => a[part] - b[part],
          render: (_: unknown, each: ColumnQuality) => <Figure value={each[part]} to={addressOf(id, each, part)} />,
        })),
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

function addressOf(id: string, of: ColumnQuality, part: (typeof PARTS)[number]): string | undefined {
  const cell = OPENS[part]
  if (!cell || of[part] === 0) return undefined
  return `/base/imports/${id}/rows?${new URLSearchParams({ column: of.column, cell })}`
}
