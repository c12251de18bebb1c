/** Numbers, shares and times in the reader's language and zone. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

const DAY = 86_400_000

export interface Format {
  /** 12 418 */
  number(value: number): string
  /** 0.1234 as 12.3 %, an empty denominator as a dash */
  share(part: number, whole: number): string
  /** 22 Nov 2026 */
  day(time: string): string
  /** 22 Nov 2026, 14:05 */
  moment(time: string): string
  /** 5 minutes ago; a moment when it is more than a day away */
  ago(time: string, now?: number): string
  /** 3.4 MB */
  size(bytes: number): string
  /** The same moment in the other zone (UTC), for a hover. */
  utc(time: string): string
}

/** Say a date; the Russian "г." after a year tells nobody anything. */
function dated(format: Intl.DateTimeFormat, date: Date): string {
  return format.format(date).replace(/\sг\./u, '')
}

/** Build the formats of a language. */
export function formatOf(language: string): Format {
  const number = new Intl.NumberFormat(language)
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' })
  const clock = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const
  const moment = new Intl.DateTimeFormat(language, clock)
  const utc = new Intl.DateTimeFormat(language, { ...clock, timeZone: 'UTC', timeZoneName: 'short' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const known = (time: string, write: (date: Date) => string) => {
    const date = new Date(time)
    return time === '' || Number.isNaN(date.getTime()) ? '—' : write(date)
  }
  return {
    number: (value) => number.format(value),
    share: (part, whole) => (whole === 0 ? '—' : share.format(part / whole)),
    // A day without a clock (a birth date) belongs to no zone.
    day: (time) => known(time.length === 10 ? `${time}T12:00:00` : time, (date) => dated(day, date)),
    moment: (time) => known(time, (date) => dated(moment, date)),
    ago: (time, now = Date.now()) =>
      known(time, (date) => {
        const past = now - date.getTime()
        if (Math.abs(past) >= DAY) return dated(moment, date)
        if (Math.abs(past) < 60_000) return relative.format(0, 'second')
        // Rounded before they are compared: sixty minutes are an hour.
        const minutes = Math.round(past / 60_000)
        if (Math.abs(minutes) < 60) return relative.format(-minutes, 'minute')
        return relative.format(-Math.round(past / 3_600_000), 'hour')
      }),
    size: (bytes) => {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
      const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)), 3)
      const unit = units[power] ?? 'byte'
      const digits = power === 0 ? 0 : 1
      return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: digits }).format(
        bytes / 1000 ** power,
      )
    },
    utc: (time) => known(time, (date) => dated(utc, date)),
  }
}

/** Return the formats of the present language. */
export function useFormat(): Format {
  const { i18n } = useTranslation()
  return useMemo(() => formatOf(i18n.language), [i18n.language])
}
