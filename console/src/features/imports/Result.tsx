/** The writing itself and what came of it: live progress, a stop, figures that open their people, the refused rows. */
import { PieChartOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Import } from '@/api/schema'
import { Moment } from '@/ui/words'
import { Counts } from './Counts'
import { useRefresh } from './queries'
import { Saving } from './Saving'
import { willTake } from './steps'
import { Working } from './Working'

export function Result({ found }: { found: Import }) {
  const { t } = useTranslation()
  const refresh = useRefresh(found.id)
  const counts = found.counts
  if (found.state === 'committing') {
    return (
      <Working
        operation={found.operation}
        title={t('imports.result.working', { count: counts ? willTake(counts) : 0 })}
        advice={t('imports.result.advice')}
        done={refresh}
      />
    )
  }
  if (!counts) return null
  return (
    <div className="import-result">
      <p role="status">
        {t(found.state === 'cancelled' ? 'imports.result.cancelled' : 'imports.result.committed')}{' '}
        <Moment time={found.commit_time} />
      </p>
      <p className="soft">{t('imports.result.lists')}</p>
      <Counts id={found.id} counts={counts} past />
      <div className="import-acts">
        <Link to={`/base/imports/${found.id}/quality`}>
          <Button icon={<PieChartOutlined />}>{t('imports.result.quality')}</Button>
        </Link>
        {counts.refused > 0 ? <ErrorFile id={found.id} /> : null}
      </div>
    </div>
  )
}

/** The refused rows with their reasons, to mend in a spreadsheet and upload again. */
export function ErrorFile({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <Saving address={`/v1/imports/${id}/error-file?format=xlsx`} name={`errors-${id}.xlsx`}>
      {t('imports.result.errorFile')}
    </Saving>
  )
}
