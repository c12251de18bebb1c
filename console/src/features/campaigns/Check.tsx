/** What stands against the launch, errors first, each with the way to mend it; and what it would do. */
import { CheckCircleFilled, CloseCircleFilled, ReloadOutlined, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Campaign, CheckFinding } from '@/api/schema'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import type { useCheck } from './queries'
import { Reach } from './Reach'
import { type Step, stepOf } from './state'

interface Props {
  campaign: Campaign
  check: ReturnType<typeof useCheck>
  go(step: Step): void
}

export function Check({ campaign, check, go }: Props) {
  const { t } = useTranslation()
  const findings = check.data?.findings ?? []
  const errors = findings.filter((each) => each.severity === 'error')
  const warnings = findings.filter((each) => each.severity !== 'error')
  return (
    <div className="campaign-whom">
      <section className="paper" aria-label={t('campaigns.steps.check')}>
        <div className="part-head">
          <h2>{t('campaigns.checklist')}</h2>
          <Button
            size="small"
            icon={<ReloadOutlined />}
            loading={check.isFetching}
            onClick={() => void check.refetch()}
          >
            {t('campaigns.checkAgain')}
          </Button>
        </div>
        {check.data ? (
          <>
            <p className={errors.length ? 'verdict bad' : 'verdict good'} role="status">
              {errors.length ? <CloseCircleFilled aria-hidden /> : <CheckCircleFilled aria-hidden />}{' '}
              {errors.length ? t('campaigns.blocked', { count: errors.length }) : t('campaigns.passed')}
            </p>
            <Findings findings={errors} go={go} />
            {warnings.length ? (
              <>
                <h3>{t('campaigns.warnings')}</h3>
                <Findings findings={warnings} go={go} />
              </>
            ) : null}
          </>
        ) : check.error ? (
          <Failure failure={check.error} again={() => void check.refetch()} small />
        ) : (
          <Shape rows={4} />
        )}
      </section>
      <section className="paper" aria-label={t('campaigns.reachTitle')}>
        <h2>{t('campaigns.reachTitle')}</h2>
        {campaign.settings ? <Reach settings={campaign.settings} check={check} /> : null}
      </section>
    </div>
  )
}

function Findings({ findings, go }: { findings: readonly CheckFinding[]; go(step: Step): void }) {
  const { t } = useTranslation()
  const said = useFinding()
  return (
    <ul className="findings">
      {findings.map((each) => (
        <li key={`${each.code}-${each.field}`}>
          {each.severity === 'error' ? (
            <CloseCircleFilled className="bad" aria-hidden />
          ) : (
            <WarningFilled className="warn" aria-hidden />
          )}
          <span>{said(each)}</span>
          <Button type="link" size="small" onClick={() => go(stepOf(each))}>
            {t('campaigns.mend', { step: t(`campaigns.steps.${stepOf(each)}`) })}
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** Return how to say a finding: the campaign's own, or its letter's. */
function useFinding(): (finding: CheckFinding) => string {
  const { t, i18n } = useTranslation()
  return ({ code, detail }) => {
    for (const key of [`campaigns.findings.${code}`, `letters.problems.${code}`]) if (i18n.exists(key)) return t(key)
    return detail
  }
}
