/** A file that cannot be taken as a whole: why, and what to do with it. */
import { Button, Result } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useReason } from './useReason'

export function Refused({ reason }: { reason: string }) {
  const { t, i18n } = useTranslation()
  const say = useReason()
  const advice = `imports.advice.${reason}`
  return (
    <div className="paper" role="alert">
      <Result
        status="warning"
        title={reason === 'CANCELLED' ? t('imports.refused.stopped') : t('imports.refused.title')}
        subTitle={
          <>
            {reason === 'CANCELLED' ? null : <p>{say(reason)}</p>}
            {i18n.exists(advice) ? <p>{t(advice)}</p> : null}
          </>
        }
        extra={
          <Link to="/base/imports/new">
            <Button type="primary">{t('imports.refused.again')}</Button>
          </Link>
        }
      />
    </div>
  )
}
