/** Small pieces that say one fact each: a figure, a moment, what became of a message. */
import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/i18n/format'
import type { Outcome } from '@/theme'

/** A figure in tabular digits; it opens the people behind it, and says its formula on hover. */
export function Figure({
  value,
  unit,
  to,
  formula,
}: {
  value: number
  unit?: string
  to?: string
  formula?: ReactNode
}) {
  const { number } = useFormat()
  const text = (
    <span className="figure">
      {number(value)}
      {unit ? <small> {unit}</small> : null}
    </span>
  )
  const shown = to ? <Link to={to}>{text}</Link> : text
  return formula ? <Tooltip title={formula}>{shown}</Tooltip> : shown
}

/** A share with its parts on hover. */
export function Share({ part, whole, formula }: { part: number; whole: number; formula?: string }) {
  const { number, share } = useFormat()
  return (
    <Tooltip
      title={
        <>
          {formula ? <div>{formula}</div> : null}
          {number(part)} / {number(whole)}
        </>
      }
    >
      <span className="figure">{share(part, whole)}</span>
    </Tooltip>
  )
}

/** A time in the reader's zone, relative under a day, with the exact one and UTC on hover. */
export function Moment({ time, relative }: { time: string | null | undefined; relative?: boolean }) {
  const { ago, moment, utc } = useFormat()
  if (!time) return <span className="soft">—</span>
  return (
    <Tooltip title={`${moment(time)} · ${utc(time)}`}>
      <time dateTime={time} className="figure">
        {relative ? ago(time) : moment(time)}
      </time>
    </Tooltip>
  )
}

/** A day without a clock. */
export function Day({ date }: { date: string | null | undefined }) {
  const { day } = useFormat()
  return date ? <time dateTime={date}>{day(date)}</time> : <span className="soft">—</span>
}

/** What became of a message, in its fixed colour and always with its word. */
export function OutcomeWord({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation()
  return (
    <span className={`outcome outcome-${outcome}`}>
      <i aria-hidden />
      {t(`outcomes.${outcome}`)}
    </span>
  )
}

/** A state of a thing as a quiet label. */
export function Label({ children, kind }: { children: ReactNode; kind?: 'good' | 'warn' | 'bad' | 'act' }) {
  return <span className={kind ? `label label-${kind}` : 'label'}>{children}</span>
}
