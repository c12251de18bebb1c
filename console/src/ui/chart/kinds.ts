/**
 * The kinds of charts that the console has, each from plain rows: bars from zero with their figures at the ends, lines
 * named at their ends with the period before as a lighter one, parts of a whole up to four.
 */
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import { usePreferences } from '@/app/preferences'
import { type Format, useFormat } from '@/i18n/format'
import { type Mode, OUTCOMES, type Outcome, palette, SERIES } from '@/theme'

const LETTER = 7.2 // pixels, the mean width of a letter at 12 px

export interface Bar {
  name: string
  value: number
  /** What became of a message has its own colour. */
  outcome?: Outcome
  /** What the others are measured by. */
  quiet?: boolean
}

export interface Line {
  name: string
  values: readonly (number | null)[]
  /** The same days of the period before. */
  before?: readonly (number | null)[]
  outcome?: Outcome
}

interface Paints {
  mode: Mode
  format: Format
}

function room(names: readonly string[], most: number): number {
  return Math.min(Math.max(...names.map((name) => name.length), 1) * LETTER + 16, most)
}

/** Bars that lie, one under another, for names that are long; `whole` adds the share of it. */
export function bars({ mode, format }: Paints, rows: readonly Bar[], whole?: number): EChartsCoreOption {
  const { ink, soft } = palette(mode)
  const say = (value: number) =>
    whole === undefined ? format.number(value) : `${format.number(value)} · ${format.share(value, whole)}`
  const ends = rows.map((row) => say(row.value))
  return {
    grid: { left: 0, right: room(ends, 160), top: 4, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'item',
      formatter: ({ name, value }: { name: string; value: number }) => `${name}: ${say(value)}`,
    },
    xAxis: { type: 'value', min: 0, show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.name),
      axisLine: { show: false },
      axisLabel: { color: ink, width: 200, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 20,
        data: rows.map((row) => ({
          value: row.value,
          itemStyle: { color: row.quiet ? soft : row.outcome ? OUTCOMES[mode][row.outcome] : SERIES[mode][0] },
        })),
        label: { show: true, position: 'right', color: ink, formatter: ({ value }: { value: number }) => say(value) },
      },
    ],
  }
}

const NEAR = 15 // pixels between two names at the ends of lines
const PLOT = 190 // pixels, about the height of a plot: only names that would cover each other are moved by it

/** Return by how many pixels each line's name moves down, so that no two cover each other. */
export function apart(ends: readonly (number | null)[], most: number): number[] {
  const wanted = ends.map((end, place) => ({ place, from: ((end ?? 0) / (most || 1)) * PLOT }))
  const moved = new Array<number>(ends.length).fill(0)
  let below = Number.NEGATIVE_INFINITY
  for (const { place, from } of wanted.sort((one, other) => one.from - other.from)) {
    const up = Math.max(from, below + NEAR)
    moved[place] = from - up
    below = up
  }
  return moved
}

/** Lines over days or hours. */
export function lines(
  { mode, format }: Paints,
  times: readonly string[],
  rows: readonly Line[],
  beforeWord: string,
): EChartsCoreOption {
  const most = Math.max(0, ...rows.flatMap((row) => [...row.values, ...(row.before ?? [])]).map((value) => value ?? 0))
  const ends = rows.map((row) => row.values.at(-1) ?? null)
  const moved = apart(ends, most)
  const above = Math.max(0, ...ends.map((end, place) => ((end ?? 0) / (most || 1) - 1) * PLOT - (moved[place] ?? 0)))
  const colourOf = (row: Line, place: number) => (row.outcome ? OUTCOMES[mode][row.outcome] : SERIES[mode][place])
  return {
    grid: {
      left: 0,
      right: room(
        rows.map((row) => row.name),
        140,
      ),
      top: 12 + above, // names that were moved up stay within the chart
      bottom: 0,
      containLabel: true,
    },
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value: number | null) => (value === null ? '—' : format.number(value)),
    },
    xAxis: { type: 'category', boundaryGap: false, data: times, axisLabel: { hideOverlap: true } },
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      splitNumber: 4,
      axisLabel: { formatter: (value: number) => format.number(value) },
    },
    series: rows.flatMap((row, place) => [
      ...(row.before
        ? [
            {
              type: 'line',
              name: `${row.name}, ${beforeWord}`,
              data: row.before,
              color: colourOf(row, place),
              lineStyle: { width: 1.5, opacity: 0.45 },
              itemStyle: { opacity: 0.45 },
              showSymbol: false,
              silent: true,
            },
          ]
        : []),
      {
        type: 'line',
        name: row.name,
        data: row.values,
        color: colourOf(row, place),
        showSymbol: row.values.length < 2,
        endLabel: { show: true, formatter: row.name, color: palette(mode).ink, distance: 6, offset: [0, moved[place]] },
        emphasis: { focus: 'series' },
      },
    ]),
  }
}

/** Parts of a whole; more than four are bars, which the eye compares better. */
export function parts(paints: Paints, rows: readonly Bar[]): EChartsCoreOption {
  const whole = rows.reduce((sum, row) => sum + row.value, 0)
  if (rows.length > 4) return bars(paints, rows, whole)
  const { mode, format } = paints
  const { ink, paper } = palette(mode)
  const say = (name: string, value: number) => `${name}\n${format.number(value)} · ${format.share(value, whole)}`
  return {
    tooltip: { trigger: 'item', formatter: ({ name, value }: { name: string; value: number }) => say(name, value) },
    series: [
      {
        type: 'pie',
        radius: ['46%', '70%'],
        itemStyle: { borderColor: paper, borderWidth: 2 },
        label: {
          color: ink,
          lineHeight: 16,
          formatter: ({ name, value }: { name: string; value: number }) => say(name, value),
        },
        labelLine: { length: 8, length2: 8 },
        data: rows.map((row, place) => ({
          name: row.name,
          value: row.value,
          itemStyle: { color: row.outcome ? OUTCOMES[mode][row.outcome] : SERIES[mode][place] },
        })),
      },
    ],
  }
}

/** Return what charts are painted with now. */
export function usePaints(): Paints {
  const { mode } = usePreferences()
  const format = useFormat()
  return useMemo(() => ({ mode, format }), [mode, format])
}
