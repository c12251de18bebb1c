/** The writing itself and what came of it: live progress, a stop, figures that open their people, the refused rows. */
import { PieChartOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Import } from '@/api/schema'
import { Failure } from '@/ui/states'
import { Figure, Moment } from '@/ui/words'
import { Counts } from './Counts'
import { useRefresh, useRows } from './queries'
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
      {found.state === 'cancelled' ? <Reached id={found.id} /> : null}
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

/** How far a stopped commit came: rows that are written and rows that are not, each figure opening them. */
function Reached({ id }: { id: string }) {
  const { t } = useTranslation()
  const written = useRows(id, { state: 'written' }, 1)
  const pending = useRows(id, { state: 'pending' }, 1)
  const failed = [written, pending].find((each) => each.error && !each.data)
  if (failed) return <Failure failure={failed.error} again={() => void failed.refetch()} small />
  return (
    <ul className="import-reached figure">
      {(
        [
          ['written', written],
          ['pending', pending],
        ] as const
      ).map(([state, { data }]) => (
        <li key={state}>
          {t(`imports.rows.states.${state}`)}:{' '}
          {data?.pages[0] ? (
            <Figure
              value={data.pages[0].total}
              to={data.pages[0].total > 0 ? `/base/imports/${id}/rows?state=${state}` : undefined}
            />
          ) : (
            '…'
          )}
        </li>
      ))}
    </ul>
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
