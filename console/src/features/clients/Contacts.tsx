/** Addresses of a person: what each is worth is a word, when it was confirmed a hover. */
import { CheckCircleOutlined } from '@ant-design/icons'
import { Tooltip, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { writtenContact } from '@/ui/people'
import { Nothing } from '@/ui/states'
import { useSourceTitle } from '@/ui/terms'
import { Label } from '@/ui/words'

type Point = Profile['contacts'][number]

interface Props {
  client: Pick<Profile, 'contacts'>
  /** Addresses that the person no longer has. */
  gone?: readonly string[]
  /** Say nothing when there are none. */
  quiet?: boolean
}

export function Contacts({ client, gone = [], quiet }: Props) {
  const { t } = useTranslation()
  if (!client.contacts.length) return quiet ? null : <Nothing text={t('clients.data.noContacts')} />
  return (
    <ul className="contacts">
      {client.contacts.map((point) => (
        <li key={point.kind + point.value}>
          <span className="soft">{t(`people.contacts.${point.kind}`, point.kind)}</span>
          <Address point={point} />
          <span className="labels">
            {gone.includes(point.value) ? <Label kind="warn">{t('clients.data.goneNow')}</Label> : null}
            <Worth point={point} />
          </span>
        </li>
      ))}
    </ul>
  )
}

/** An address; the hover says when it was confirmed and where it comes from. */
export function Address({ point }: { point: Point }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  const source = useSourceTitle()
  const text = writtenContact(point.kind, point.value)
  const hint = (
    <>
      <div>
        {point.confirm_time ? t('clients.confirmed', { day: day(point.confirm_time) }) : t('clients.unconfirmed')}
      </div>
      <bdi>{t('clients.from', { source: source(point.source) })}</bdi>
    </>
  )
  return (
    <span className="address">
      <Tooltip title={hint} trigger={['hover', 'focus']}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what a hover says is for the keyboard too */}
        <bdi className="cut" tabIndex={0}>
          {text}
        </bdi>
      </Tooltip>
      {point.confirm_time ? (
        <CheckCircleOutlined className="good" aria-label={t('clients.confirmedShort')} role="img" />
      ) : null}
      <Typography.Text copyable={{ text: point.value, tooltips: [t('clients.copy'), t('clients.copied')] }} />
    </span>
  )
}

function Worth({ point }: { point: Point }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  if (point.bounce_time) {
    return <Label kind="bad">{t('clients.bounced', { day: day(point.bounce_time) })}</Label>
  }
  if (point.standing === 'blocked') return <Label kind="bad">{t('clients.blocked')}</Label>
  if (point.standing === 'shared') {
    return (
      <Tooltip title={t('clients.sharedWhy')}>
        <span>
          <Label kind="warn">{t('clients.shared')}</Label>
        </span>
      </Tooltip>
    )
  }
  return null
}
