import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'

/** The time of a day, beneath the day itself; the whole moment on hover. */
export function Clock({ time }: { time: string | null | undefined }) {
  const { i18n } = useTranslation()
  const { moment, utc } = useFormat()
  if (!time) return <span className="soft">—</span>
  return (
    <Tooltip title={`${moment(time)} · ${utc(time)}`}>
      <time dateTime={time} className="figure soft">
        {new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }).format(new Date(time))}
      </time>
    </Tooltip>
  )
}
