/** What draws charts: only the kinds that the console has. */
import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, type EChartsType, init, use as take } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react'
import { usePreferences } from '@/app/preferences'
import { palette } from '@/theme'
import type { Drawn } from '../Chart'
import { chartTheme } from './theme'

take([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer])

interface Props {
  drawn: RefObject<Drawn | null>
  option: EChartsCoreOption
  height: number
  label: string
  onPick?(place: { series: string; name: string; index: number }): void
}

export default function Canvas({ drawn, option, height, label, onPick }: Props) {
  const { mode } = usePreferences()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  const picked = useRef(onPick)
  picked.current = onPick
  const latest = useRef(option)
  latest.current = option

  useEffect(() => {
    if (!place.current) return
    const made = init(place.current, chartTheme(mode), { renderer: 'canvas' })
    chart.current = made
    made.setOption(whole(latest.current))
    made.on('click', (event) =>
      picked.current?.({ series: event.seriesName ?? '', name: event.name, index: event.dataIndex }),
    )
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(place.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [mode])
  useEffect(() => {
    chart.current?.setOption(whole(option), { notMerge: true })
  }, [option])
  useImperativeHandle(drawn, () => ({
    picture: () =>
      chart.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: palette(mode).paper }) ?? '',
  }))
  return <div ref={place} role="img" aria-label={label} style={{ height }} />
}

/** The chart with what no chart may leave out: a hint that keeps to the page's policy, and rest for who asked for it. */
function whole(option: EChartsCoreOption): EChartsCoreOption {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    ...option,
    animation: !still,
    animationDuration: 200,
    tooltip: { trigger: 'axis', ...(option.tooltip as object | undefined), renderMode: 'richText', confine: true },
  }
}
