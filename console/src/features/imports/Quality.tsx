/** How good a file was and what it did to the base: charts, and the list behind each number. */

import { Alert } from 'antd'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { Import, QualityReport } from '@/api/schema'
import { drawSoon } from '@/ui/Chart'
import { useSources } from '@/ui/known'
import { PageSkeleton, Shown } from '@/ui/states'
import { Moment } from '@/ui/words'
import './imports.css'
import { Counts } from './Counts'
import { QualityChart } from './QualityChart'
import { placed, QualityTable } from './QualityTable'
import { useImport, useQuality } from './queries'
import { ErrorFile } from './Result'

export function Screen() {
  const { id = '' } = useParams()
  const found = useImport(id)
  const report = useQuality(id)
  useEffect(drawSoon, [])
  return (
    <Shown found={found}>
      {(one) => (
        <Shown found={report} shape={<PageSkeleton />}>
          {(quality) => <Report of={one} quality={quality} />}
        </Shown>
      )}
    </Shown>
  )
}

function Report({ of, quality }: { of: Import; quality: QualityReport }) {
  const { t } = useTranslation()
  const sources = useSources().data
  const source = sources?.find((each) => each.key === of.source)?.title ?? of.source
  const written = of.state === 'committed' || of.state === 'cancelled'
  const counts = written ? quality.counts : (of.dry_run ?? null)
  const taken = useMemo(() => placed(quality.columns).filter((each) => each.target), [quality])
  return (
    <div className="page import-quality">
      <header className="page-head">
        <h1>{t('imports.quality.title', { source })}</h1>
        <Moment time={of.commit_time ?? of.create_time} />
        <div className="actions">
          {(quality.counts?.refused ?? 0) > 0 ? <ErrorFile id={of.id} /> : null}
          <Link to={`/base/imports/${of.id}`}>{t('imports.quality.open')}</Link>
        </div>
      </header>
      {written ? null : <Alert type="info" showIcon title={t('imports.quality.notWritten')} />}
      {counts ? <Counts id={of.id} counts={counts} past={written} /> : null}
      <section className="paper">
        <QualityChart columns={taken} />
      </section>
      <section className="paper">
        <h2>{t('imports.quality.columns')}</h2>
        <QualityTable id={of.id} columns={taken} />
      </section>
    </div>
  )
}
