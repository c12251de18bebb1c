/** Why messages did not arrive, what people did against them, and which links led them on: every figure opens them. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import type { Campaign, MessageCounts } from '@/api/schema'
import { useReason } from '@/ui/messages'
import { Figure, OutcomeWord } from '@/ui/words'
import { partsOf } from './state'

export function WhatEnded({ campaign, counts }: { campaign: Campaign; counts: MessageCounts }) {
  const { t } = useTranslation()
  const reason = useReason()
  const log = `/campaigns/${campaign.id}?tab=log`
  const ended = Object.entries(counts.reasons)
    .map(([key, count]) => {
      const [outcome = '', why = ''] = key.split('/')
      return { outcome, why, count }
    })
    .filter((each) => each.outcome !== 'delivered')
    .sort((one, other) => other.count - one.count)
  const later = counts.marks['bounced-later'] ?? 0
  return (
    <div className="behind">
      <section className="paper" aria-label={t('campaigns.notArrived')}>
        <h2>{t('campaigns.notArrived')}</h2>
        {ended.length || later ? (
          <ul className="lines">
            {ended.map(({ outcome, why, count }) => (
              <li key={`${outcome}/${why}`}>
                <OutcomeWord outcome={partsOf({ [outcome]: 1 }, 1)[0]?.outcome ?? 'stopped'} />
                <span>{reason({ state: 'done', outcome: outcome as never, reason: why })}</span>
                <Figure value={count} to={`${log}&reason=${encodeURIComponent(why)}`} />
              </li>
            ))}
            {later ? <Later campaign={campaign} all={later} /> : null}
          </ul>
        ) : (
          <p className="soft">{t('campaigns.allArrived')}</p>
        )}
        <h3>{t('campaigns.against')}</h3>
        <ul className="lines">
          {(['unsubscribed', 'complained'] as const).map((mark) => (
            <li key={mark}>
              <span>{t(`messages.marks.${mark}`)}</span>
              <Figure value={counts.marks[mark] ?? 0} to={counts.marks[mark] ? `${log}&mark=${mark}` : undefined} />
            </li>
          ))}
        </ul>
      </section>
      <section className="paper" aria-label={t('campaigns.links')}>
        <h2>{t('campaigns.links')}</h2>
        {counts.links.length ? (
          <ul className="lines">
            {counts.links.map((each) => (
              <li key={`${each.template}-${each.template_version}-${each.link}`}>
                <bdi className="cut" title={each.address}>
                  {each.address || t('campaigns.linkNo', { number: each.link + 1 })}
                </bdi>
                <Figure value={each.count} to={`${log}&link=${each.link}`} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="soft">{t('campaigns.noClicks')}</p>
        )}
      </section>
    </div>
  )
}

/** Letters that came back after they had been taken, by how bad it is. */
function Later({ campaign, all }: { campaign: Campaign; all: number }) {
  const { t } = useTranslation()
  const log = `/campaigns/${campaign.id}?tab=log`
  const found = useQuery({
    queryKey: ['campaign', campaign.id, 'returned', all],
    queryFn: async ({ signal }) => {
      const count = async (bounce_class: 'hard' | 'soft') =>
        (
          await answer(
            api.GET('/v1/campaigns/{campaign}/messages', {
              params: { path: { campaign: campaign.id }, query: { bounce_class, page_size: 1 } },
              signal,
            }),
          )
        ).total
      return { hard: await count('hard'), soft: await count('soft') }
    },
  })
  const classes = (['hard', 'soft'] as const).filter((each) => found.data?.[each])
  return (
    <>
      <li>
        <OutcomeWord outcome="bounced" />
        <span>{t('messages.marks.bounced-later')}</span>
        <Figure value={all} to={`${log}&mark=bounced-later`} />
      </li>
      {classes.map((each) => (
        <li key={each} className="inner">
          <span>{t(`campaigns.bounce.${each}`)}</span>
          <Link className="figure" to={`${log}&bounce=${each}`}>
            <Figure value={found.data?.[each] ?? 0} />
          </Link>
        </li>
      ))}
    </>
  )
}
