/** Whom a launch would reach now, and why it loses the others. */
import { useTranslation } from 'react-i18next'
import type { CampaignCheck, CampaignSettings, ReachFilter } from '@/api/schema'
import { PeopleBehind } from '@/ui/PeopleBehind'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import { Figure, Share } from '@/ui/words'

interface Props {
  settings: Pick<CampaignSettings, 'segment' | 'controller' | 'purpose' | 'topic'>
  check: { data: CampaignCheck | undefined; error: unknown; isFetching: boolean; refetch(): unknown }
}

export function Reach({ settings, check }: Props) {
  const { t, i18n } = useTranslation()
  if (!check.data) {
    return check.error ? <Failure failure={check.error} again={() => void check.refetch()} small /> : <Shape rows={3} />
  }
  const { audience, reachable, losses } = check.data
  const lost = Object.entries(losses)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
  const segment = settings.segment ?? ''
  const rule = { all: [{ segment: [segment] }] }
  const terms = {
    controller: settings.controller ?? '',
    purpose: settings.purpose ?? '',
    topic: settings.topic ?? '',
  }
  const word = (reason: string) => (i18n.exists(`campaigns.loss.${reason}`) ? t(`campaigns.loss.${reason}`) : reason)
  return (
    <div className={check.isFetching ? 'reach old' : 'reach'} aria-live="polite">
      <div className="reach-figures">
        <div>
          <span className="soft">{t('campaigns.audience')}</span>
          <strong>
            <Figure value={audience} to={audience ? `/clients?segment=${segment}` : undefined} />
          </strong>
        </div>
        <div>
          <span className="soft">{t('campaigns.reachable')}</span>
          <strong>
            <PeopleBehind
              value={reachable}
              title={t('campaigns.reachable')}
              rule={rule}
              reach={{ channel: 'email', standing: 'reachable', terms }}
            />
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
                <span>{word(reason)}</span>
                <PeopleBehind
                  value={count}
                  title={word(reason)}
                  rule={rule}
                  reach={{ channel: 'email', standing: reason, terms } as ReachFilter}
                />
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
