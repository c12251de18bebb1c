/** A campaign's settings in words. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Campaign, Template } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useBaseTitle } from '@/ui/known'
import { usePurposeWord, useSegmentName, useTopicWord } from '@/ui/terms'

export function Settings({ campaign, letter }: { campaign: Campaign; letter?: Template }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const segment = useSegmentName()
  const base = useBaseTitle()
  const { settings } = campaign
  const purpose = usePurposeWord()
  const topic = useTopicWord()
  const hours = settings?.goal?.window_hours ?? 0
  const version = campaign.template_version || letter?.version
  return (
    <dl className="facts">
      <dt>{t('campaigns.segment')}</dt>
      <dd>
        {settings?.segment ? (
          <Link to={`/segments/${settings.segment}`}>{segment(settings.segment)}</Link>
        ) : (
          t('campaigns.notChosen')
        )}
      </dd>
      <dt>{t('campaigns.letter')}</dt>
      <dd>
        {settings?.template ? (
          <>
            <Link to={`/letters/${settings.template}`}>{letter?.name ?? t('campaigns.openLetter')}</Link>
            {version ? <span className="soft"> · {t('letters.versionOf', { version })}</span> : null}
          </>
        ) : (
          t('campaigns.notChosen')
        )}
      </dd>
      <dt>{t('campaigns.controller')}</dt>
      <dd>{settings?.controller ? base(settings.controller) : t('campaigns.notChosen')}</dd>
      <dt>{t('campaigns.purpose')}</dt>
      <dd>{settings?.purpose ? purpose(settings.purpose) : t('campaigns.notChosen')}</dd>
      <dt>{t('campaigns.topic')}</dt>
      <dd>{settings?.topic ? topic(settings.topic) : t('campaigns.notChosen')}</dd>
      <dt>{t('campaigns.goal')}</dt>
      <dd>
        {settings?.goal
          ? t('campaigns.goalWithin', {
              goal: settings.goal.event,
              period:
                hours % 24 === 0 ? t('campaigns.days', { count: hours / 24 }) : t('campaigns.hours', { count: hours }),
            })
          : t('campaigns.notChosen')}
      </dd>
      <dt>{t('campaigns.rate')}</dt>
      <dd>{settings?.rate_per_minute ? number(settings.rate_per_minute) : t('campaigns.unlimited')}</dd>
      {settings?.control_percent ? (
        <>
          <dt>{t('campaigns.control')}</dt>
          <dd>{number(settings.control_percent)}</dd>
        </>
      ) : null}
    </dl>
  )
}
