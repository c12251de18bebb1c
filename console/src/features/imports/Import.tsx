/** One import, from its columns to its result: the wizard around the steps, open where it was left. */

import { Alert } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import type { Import } from '@/api/schema'
import { useMay } from '@/app/session'
import { WizardLayout } from '@/layouts/Wizard'
import { useSources } from '@/ui/known'
import { Shown } from '@/ui/states'
import { Moment } from '@/ui/words'
import './imports.css'
import { Columns } from './Columns'
import { Drop } from './Drop'
import { Foot } from './Foot'
import { useImport, useRefresh } from './queries'
import { Refused } from './Refused'
import { Result } from './Result'
import { Rows } from './Rows'
import { forgetStep, isStep, keepStep, keptStep, openSteps, STEPS, type Step, statesOf, whereLeft } from './steps'
import { Trial } from './Trial'
import { missingKeys } from './targets'
import { type Choice, useChoice } from './useChoice'
import { useTargetWord } from './useTargetWord'
import { Working } from './Working'

export function Screen() {
  const { id = '' } = useParams()
  return <Shown found={useImport(id)}>{(found) => <Placed key={found.id} found={found} />}</Shown>
}

function Placed({ found }: { found: Import }) {
  const { step } = useParams()
  const at = isStep(step) && openSteps(found).includes(step) ? step : null
  useEffect(() => {
    if (!at) return
    if (found.state === 'committed' || found.state === 'failed') forgetStep(found.id)
    else keepStep(found.id, at)
  }, [at, found.id, found.state])
  if (!at) return <Navigate to={`/base/imports/${found.id}/${whereLeft(found, keptStep(found.id))}`} replace />
  return <Wizard found={found} at={at} />
}

function Wizard({ found, at }: { found: Import; at: Step }) {
  const { t } = useTranslation()
  const mapping = useChoice(found)
  const navigate = useNavigate()
  const go = (step: string) =>
    void navigate(step === 'file' ? '/base/imports/new' : `/base/imports/${found.id}/${step}`)
  const states = statesOf(found, at)
  const sources = useSources().data
  const source = sources?.find((each) => each.key === found.source)?.title ?? found.source
  return (
    <WizardLayout
      title={t('imports.wizard.of', { source })}
      saved={<Moment time={found.create_time} relative />}
      steps={STEPS.map((key) => ({ key, title: t(`imports.steps.${key}`), state: states[key] }))}
      at={at}
      go={go}
      foot={<Foot found={found} at={at} go={go} mapping={mapping} />}
      actions={
        <>
          {found.state === 'ready' ? <Drop found={found} /> : null}
          <Link className="import-all" to="/base/imports">
            {t('imports.wizard.all')}
          </Link>
        </>
      }
    >
      {found.same_as && found.state !== 'committed' ? <SameFile of={found.same_as} /> : null}
      <Body found={found} at={at} mapping={mapping} />
    </WizardLayout>
  )
}

function Body({ found, at, mapping }: { found: Import; at: Step; mapping: Choice }) {
  const { t } = useTranslation()
  const refresh = useRefresh(found.id)
  const mayEdit = useMay('imports.edit')
  if (found.state === 'failed') return <Refused reason={found.error} />
  if (found.state === 'reading') {
    return (
      <Working
        key={found.operation}
        operation={found.operation}
        title={t('imports.reading.title')}
        advice={t('imports.reading.advice')}
        done={refresh}
      />
    )
  }
  if (at === 'columns') {
    return (
      <div className="stack">
        <MissingKey found={found} choice={mapping.choice} />
        <Columns found={found} choice={mapping.choice} choose={mapping.choose} />
      </div>
    )
  }
  if (at === 'rows') return <Rows found={found} editable={mayEdit && found.state !== 'committing'} />
  return at === 'trial' ? <Trial found={found} /> : <Result found={found} />
}

/** Without what the source tells its people apart by, no row can be taken: better said here than on every row. */
function MissingKey({ found, choice }: { found: Import; choice: Choice['choice'] }) {
  const { t } = useTranslation()
  const word = useTargetWord()
  const source = useSources().data?.find((each) => each.key === found.source)
  const missing = found.state === 'ready' ? missingKeys(source?.key_columns ?? [], choice) : []
  if (missing.length === 0) return null
  return (
    <Alert
      type="warning"
      showIcon
      title={t('imports.columns.keyMissing', { keys: missing.map(word).join(', ') })}
      description={t('imports.columns.keyAdvice')}
    />
  )
}

function SameFile({ of }: { of: string }) {
  const { t } = useTranslation()
  return (
    <Alert
      type="info"
      showIcon
      title={t('imports.same.title')}
      description={t('imports.same.text')}
      action={<Link to={`/base/imports/${of}`}>{t('imports.same.open')}</Link>}
    />
  )
}
