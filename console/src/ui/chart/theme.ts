/** The house's colours and type for charts, from `theme.ts`. */
import { type Mode, palette, SERIES } from '@/theme'

const FONT = "'Inter Variable', system-ui, sans-serif"

/** Return a theme for the drawing code. */
export function chartTheme(mode: Mode): object {
  const { ink, soft, line, raised } = palette(mode)
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: soft, fontSize: 12 },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: soft },
  }
  return {
    color: SERIES[mode],
    textStyle: { fontFamily: FONT, color: ink },
    grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
    legend: { textStyle: { color: ink }, icon: 'roundRect', itemWidth: 12, itemHeight: 8, left: 0, top: 0 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    line: { symbolSize: 6, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 32, itemStyle: { borderRadius: 2 } },
    label: { color: ink },
    tooltip: {
      backgroundColor: raised,
      borderColor: line,
      textStyle: { color: ink, fontSize: 12, fontFamily: FONT },
    },
  }
}
