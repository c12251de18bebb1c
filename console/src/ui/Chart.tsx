/**
 * A chart of the house: palette and type of the theme, drawn on a canvas by code that is loaded when first looked at;
 * its numbers as a table for whoever does not see it, and both to take away.
 */
import { DownloadOutlined, TableOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import type { EChartsCoreOption } from 'echarts/core'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { saveFile, sheetOf } from './files'
import { Guard } from './Guard'

export type ChartData = readonly Readonly<Record<string, string | number | null>>[]

export interface Drawn {
  /** The picture as a data address. */
  picture(): string
}

interface Props {
  option: EChartsCoreOption
  title?: ReactNode
  /** Beside the title, quietly: what the lighter line is, a unit, a period. */
  note?: ReactNode
  /** Pixels. */
  height: number
  /** What it shows, in a sentence. */
  label: string
  /** What is drawn, as rows whose keys are the heads of columns. */
  data: ChartData
  /** Name of the files that are taken away. */
  file?: string
  /** A click on a bar, a point or a part: its row. */
  onPick?(place: { series: string; name: string; index: number }): void
}

const drawing = () => import('./chart/Canvas')
const Canvas = lazy(drawing)

/** Send for what draws charts, before it is known what is to be drawn. */
export function drawSoon(): void {
  drawing().catch(() => {})
}

export function Chart({ title, note, option, height, label, data, file = 'chart', onPick }: Props) {
  const { t } = useTranslation()
  const drawn = useRef<Drawn>(null)
  const [table, setTable] = useState(false)
  const save = (kind: string) => {
    if (kind === 'picture' && drawn.current) saveFile(`${file}.png`, drawn.current.picture())
    if (kind === 'rows') saveFile(`${file}.csv`, new Blob([sheetOf(data)], { type: 'text/csv;charset=utf-8' }))
  }
  const items = [
    ...(table ? [] : [{ key: 'picture', label: t('layouts.chart.picture') }]),
    { key: 'rows', label: t('layouts.chart.rows') },
  ]
  return (
    <figure className="chart">
      <figcaption className="chart-head">
        {title ? <h2>{title}</h2> : null}
        {note ? <span className="soft">{note}</span> : null}
        <span className="chart-tools">
          <Button
            type="text"
            size="small"
            icon={<TableOutlined />}
            aria-pressed={table}
            onClick={() => setTable(!table)}
            aria-label={t('layouts.chart.table')}
          />
          <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => save(key) }}>
            <Button type="text" size="small" icon={<DownloadOutlined />} aria-label={t('layouts.chart.save')} />
          </Dropdown>
        </span>
      </figcaption>
      {table ? (
        <Rows label={label} data={data} height={height} />
      ) : (
        <Guard small>
          <Suspense fallback={<div style={{ height }} aria-busy="true" />}>
            <Canvas drawn={drawn} option={option} height={height} label={label} onPick={onPick} />
          </Suspense>
        </Guard>
      )}
    </figure>
  )
}

function Rows({ label, data, height }: { label: string; data: ChartData; height: number }) {
  const { number } = useFormat()
  const heads = Object.keys(data[0] ?? {})
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys
    <section className="chart-rows" style={{ maxHeight: height }} aria-label={label} tabIndex={0}>
      <table>
        <caption className="unseen">{label}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col" className={typeof data[0]?.[head] === 'number' ? 'figures' : undefined}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a chart have no other name than their place
            <tr key={place}>
              {heads.map((head) => {
                const value = row[head]
                return (
                  <td key={head} className={typeof value === 'number' ? 'figures' : undefined}>
                    {typeof value === 'number' ? number(value) : (value ?? '—')}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
