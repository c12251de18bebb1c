/** Whom a launch would reach now, and why it loses the others. */
import { useTranslation } from 'react-i18next'
import type { CampaignCheck } from '@/api/schema'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import { Figure, Share } from '@/ui/words'

interface Props {
  segment: string
  check: { data: CampaignCheck | undefined; error: unknown; isFetching: boolean; refetch(): unknown }
}

export function Reach({ segment, check }: Props) {
  const { t, i18n } = useTranslation()
  if (!check.data) {
    return check.error ? <Failure failure={check.error} again={() => void check.refetch()} small /> : <Shape rows={3} />
  }
  const { audience, reachable, losses } = check.data
  const lost = Object.entries(losses)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
  const people = `/clients?segment=${segment}`
  return (
    <div className={check.isFetching ? 'reach old' : 'reach'} aria-live="polite">
      <div className="reach-figures">
        <div>
          <span className="soft">{t('campaigns.audience')}</span>
          <strong>
            <Figure value={audience} to={people} />
          </strong>
        </div>
        <div>
          <span className="soft">{t('campaigns.reachable')}</span>
          <strong>
            <Figure value={reachable} />
          </strong>
          <Share part={reachable} whole={audience} formula={t('campaigns.reachFormula')} />
        </div>
      </div>
      {lost.length ? (
        <>
          <h3>{t('campaigns.losses')}</h3>
          <ul className="lines">
            {lost.map(([reason, count]) => (
              <li key={reason}>
                <span>{i18n.exists(`campaigns.loss.${reason}`) ? t(`campaigns.loss.${reason}`) : reason}</span>
                <Figure value={count} />
              </li>
            ))}
          </ul>
        </>
      ) : audience ? (
        <p className="soft">{t('campaigns.noLosses')}</p>
      ) : null}
    </div>
  )
}
