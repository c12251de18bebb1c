/** Cells of each column as one bar: fine, mended, not readable, empty. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnQuality } from '@/api/schema'
import { usePreferences } from '@/app/preferences'
import { useFormat } from '@/i18n/format'
import { palette } from '@/theme'
import { Chart } from '@/ui/Chart'

const PARTS = ['ok', 'corrected', 'invalid', 'empty'] as const
const LINE = 26
const AROUND = 40

export function QualityChart({ columns }: { columns: readonly ColumnQuality[] }) {
  const { t } = useTranslation()
  const { mode } = usePreferences()
  const { number } = useFormat()
  const colours = useMemo(() => {
    const { good, mend, bad, line } = palette(mode)
    return { ok: good, corrected: mend, invalid: bad, empty: line }
  }, [mode])
  const option = useMemo(() => {
    const rows = Math.max(...columns.map((each) => PARTS.reduce((sum, part) => sum + each[part], 0)), 1)
    return {
      grid: { left: 0, right: 16, top: 8, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: number },
      xAxis: { type: 'value', splitNumber: 4, max: rows, axisLabel: { formatter: number, hideOverlap: true } },
      yAxis: {
        type: 'category',
        inverse: true,
        data: columns.map((each) => each.column),
        axisLabel: { width: 220, overflow: 'truncate' },
      },
      series: PARTS.map((part) => ({
        name: t(`imports.quality.${part}`),
        type: 'bar',
        stack: 'cells',
        barMaxWidth: 16,
        itemStyle: { color: colours[part] },
        data: columns.map((each) => each[part]),
      })),
    }
  }, [columns, colours, number, t])
  const data = columns.map((each) => ({
    [t('imports.columns.column')]: each.column,
    ...Object.fromEntries(PARTS.map((part) => [t(`imports.quality.${part}`), each[part]])),
  }))
  return (
    <Chart
      title={t('imports.quality.cells')}
      note={PARTS.map((part) => (
        <span key={part} className="swatch">
          <i style={{ background: colours[part] }} />
          {t(`imports.quality.${part}`)}
        </span>
      ))}
      option={option}
      height={columns.length * LINE + AROUND}
      label={t('imports.quality.cells')}
      data={data}
      file="quality"
    />
  )
}
