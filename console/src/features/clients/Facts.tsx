/** The three facts that matter of a person: what and where, whether one can write, what came last. */
import { MailOutlined, MessageOutlined, MobileOutlined, NotificationOutlined, PhoneOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { type Channel, mainWorkplace, type Reach, reachOf, today, writtenContact } from '@/ui/people'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import { TermWord, usePurposeWord, useTerms } from '@/ui/terms'
import { Label, Moment } from '@/ui/words'
import { useLatest } from './queries'
import { EntryWhat } from './Timeline'

const ICONS: Record<Channel, ReactNode> = {
  email: <MailOutlined aria-hidden />,
  sms: <MobileOutlined aria-hidden />,
  call: <PhoneOutlined aria-hidden />,
  messenger: <MessageOutlined aria-hidden />,
  push: <NotificationOutlined aria-hidden />,
}

/** State of a person, said only when it is not the usual one. */
export function StateLabels({ client }: { client: Profile }) {
  const { t } = useTranslation()
  return (
    <span className="labels">
      <Label>{t(`people.kinds.${client.kind}`, client.kind)}</Label>
      {client.state === 'active' ? null : <Label kind="warn">{t(`people.states.${client.state}`)}</Label>}
      {client.validated ? (
        <Tooltip title={t('clients.validatedWhy')}>
          <span>
            <Label kind="good">{t('clients.validated')}</Label>
          </span>
        </Tooltip>
      ) : (
        <Tooltip title={t('clients.unvalidatedWhy')}>
          <span>
            <Label>{t('clients.unvalidated')}</Label>
          </span>
        </Tooltip>
      )}
    </span>
  )
}

export function Facts({ client }: { client: Profile }) {
  const { t } = useTranslation()
  return (
    <dl className="client-facts">
      <dt>{t('clients.facts.work')}</dt>
      <dd>
        <Work client={client} />
      </dd>
      <dt>{t('clients.facts.reach')}</dt>
      <dd>
        <Reaches client={client} />
      </dd>
      <dt>{t('clients.facts.last')}</dt>
      <dd>
        <Last id={client.id} />
      </dd>
    </dl>
  )
}

function Work({ client }: { client: Profile }) {
  const { t } = useTranslation()
  const city = useTerms('cities')
  const region = useTerms('regions')
  const place = mainWorkplace(client.affiliations, today())
  if (!place) return <span className="soft">{t('clients.facts.noWork')}</span>
  return (
    <>
      <div>
        {place.specialty ? (
          <TermWord dictionary="specialties" code={place.specialty} />
        ) : (
          <span className="soft">{t('clients.facts.noSpecialty')}</span>
        )}
        {place.position ? (
          <span className="soft">
            {' · '}
            <TermWord dictionary="positions" code={place.position} />
          </span>
        ) : null}
      </div>
      {place.organisation_name ? (
        <bdi className="clamp" title={place.organisation_name}>
          {place.organisation_name}
        </bdi>
      ) : null}
      <div className="soft">
        {[...new Set([place.city ? city(place.city) : '', place.region ? region(place.region) : ''])]
          .filter(Boolean)
          .join(', ')}
      </div>
    </>
  )
}

function Reaches({ client }: { client: Profile }) {
  const { t } = useTranslation()
  const purpose = usePurposeWord()
  return (
    <ul className="reach">
      {reachOf(client).map((reach) => (
        <li key={reach.channel} className={reach.standing === 'reachable' ? 'good' : 'soft'}>
          {ICONS[reach.channel]}
          <span>{t(`people.channels.${reach.channel}`)}</span>
          <Tooltip title={<Why reach={reach} />}>
            <span className="standing">
              {reach.standing === 'reachable'
                ? reach.purposes.map(purpose).join(', ')
                : t(`clients.standings.${reach.standing}`)}
            </span>
          </Tooltip>
        </li>
      ))}
    </ul>
  )
}

function Why({ reach }: { reach: Reach }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  const { contact } = reach
  if (!contact) return t('clients.facts.noAddress')
  return (
    <>
      <bdi>{writtenContact(contact.kind, contact.value)}</bdi>
      <div>
        {contact.confirm_time ? t('clients.confirmed', { day: day(contact.confirm_time) }) : t('clients.unconfirmed')}
      </div>
    </>
  )
}

/** What the person did, or was sent, last. */
function Last({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data, error } = useLatest(id)
  const entry = data?.items[0]
  if (error) return <Failure failure={error} small />
  if (!data) return <Shape rows={2} />
  if (!entry) return <span className="soft">{t('clients.facts.nothing')}</span>
  return (
    <>
      <Moment time={entry.time} relative />
      <div className="last">
        <EntryWhat entry={entry} />
      </div>
    </>
  )
}

/** Channels that are open, for a row of a list. */
export function OpenChannels({ client }: { client: Profile }) {
  const { t } = useTranslation()
  const open = reachOf(client).filter((reach) => reach.standing === 'reachable')
  if (!open.length) {
    return (
      <span className="soft" title={t('clients.noneOpen')}>
        —
      </span>
    )
  }
  return (
    <span className="open-channels">
      {open.map(({ channel }) => (
        <span key={channel}>
          {ICONS[channel]} {t(`people.channels.${channel}`)}
        </span>
      ))}
    </span>
  )
}
