/** Every kind of chart. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '@/ui/Chart'
import { bars, lines, parts, usePaints } from '@/ui/chart/kinds'
import { specialties } from './people'

const DAYS = 14
const wave = (day: number, height: number, turn: number) =>
  Math.round(height * (1.2 + Math.sin(day * 0.9 + turn)) * Math.exp(-day / 6))

export default function Charts() {
  const { t, i18n } = useTranslation()
  const paints = usePaints()
  const days = useMemo(() => {
    const format = new Intl.DateTimeFormat(i18n.language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
    return Array.from({ length: DAYS }, (_, day) => format.format(Date.UTC(2026, 10, 1 + day)))
  }, [i18n.language])
  const became = useMemo(
    () =>
      (
        [
          ['delivered', 11872],
          ['bounced', 214],
          ['failed', 36],
          ['stopped', 261],
          ['unconfirmed', 35],
        ] as const
      ).map(([outcome, value]) => ({ outcome, value, name: t(`outcomes.${outcome}`) })),
    [t],
  )
  const marks = useMemo(
    () =>
      (['opened', 'clicked'] as const).map((outcome, place) => ({
        outcome,
        name: t(`outcomes.${outcome}`),
        values: days.map((_, day) => wave(day, place ? 420 : 1900, place)),
        before: days.map((_, day) => wave(day, place ? 360 : 1500, place + 0.6)),
      })),
    [days, t],
  )
  const fields = useMemo(
    () => specialties(i18n.language).map((name, place) => ({ name, value: Math.round(5400 / (place + 1)) })),
    [i18n.language],
  )
  const channels = useMemo(
    () =>
      (['email', 'sms', 'push'] as const).map((key, place) => ({
        name: t(`design.charts.${key}`),
        value: [8120, 3011, 1287][place] ?? 0,
      })),
    [t],
  )
  const several = useMemo(
    () =>
      fields.map(({ name }, place) => ({
        name,
        values: days.map((_, day) => Math.round(40 + place * 55 + 14 * Math.sin(day * 0.7 + place))),
      })),
    [fields, days],
  )
  const share = (rows: readonly { name: string; value: number }[]) =>
    rows.map((row) => ({ [t('design.charts.what')]: row.name, [t('design.charts.number')]: row.value }))
  const before = t('design.charts.before')
  const daily = (rows: readonly { name: string; values: readonly number[]; before?: readonly number[] }[]) =>
    days.map((day, place) => ({
      [t('design.charts.day')]: day,
      ...Object.fromEntries(
        rows.flatMap((row) => [
          [row.name, row.values[place] ?? null],
          ...(row.before ? [[`${row.name}, ${before}`, row.before[place] ?? null]] : []),
        ]),
      ),
    }))
  const shown = [
    { key: 'became', option: bars(paints, became, 12418), data: share(became) },
    { key: 'marks', option: lines(paints, days, marks, before), data: daily(marks) },
    { key: 'fields', option: bars(paints, fields), data: share(fields) },
    { key: 'channels', option: parts(paints, channels), data: share(channels) },
    { key: 'several', option: lines(paints, days, several, before), data: daily(several) },
  ]
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('design.parts.charts')}</h1>
      </header>
      <div className="both">
        {shown.map(({ key, option, data }) => (
          <section key={key} className="paper">
            <Chart
              note={key === 'marks' ? t('layouts.chart.before') : null}
              title={t(`design.charts.titles.${key}`)}
              option={option}
              data={data}
              height={240}
              label={t(`design.charts.labels.${key}`)}
              file={key}
            />
          </section>
        ))}
      </div>
    </div>
  )
}
