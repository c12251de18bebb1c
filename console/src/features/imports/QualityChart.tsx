/** Cells of each column as one bar: fine, mended, not readable, empty. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnQuality } from '@/api/schema'
import { usePreferences } from '@/app/preferences'
import { palette } from '@/theme'
import { Chart } from '@/ui/Chart'

const PARTS = ['ok', 'corrected', 'invalid', 'empty'] as const
const LINE = 26
const AROUND = 72

export function QualityChart({ columns }: { columns: readonly ColumnQuality[] }) {
  const { t } = useTranslation()
  const { mode } = usePreferences()
  const option = useMemo(() => {
    const { good, act, bad, line } = palette(mode)
    const colours = { ok: good, corrected: act, invalid: bad, empty: line }
    return {
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      legend: { show: true, top: 0, left: 0, data: PARTS.map((part) => t(`imports.quality.${part}`)) },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      xAxis: { type: 'value', splitNumber: 4 },
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
  }, [columns, mode, t])
  const data = columns.map((each) => ({
    [t('imports.columns.column')]: each.column,
    ...Object.fromEntries(PARTS.map((part) => [t(`imports.quality.${part}`), each[part]])),
  }))
  return (
    <Chart
      option={option}
      height={columns.length * LINE + AROUND}
      label={t('imports.quality.cells')}
      data={data}
      file="quality"
    />
  )
}
