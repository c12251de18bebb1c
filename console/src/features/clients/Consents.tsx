/** Consents: what stands now per purpose and channel, how it came to be, and the word that changes it. */
import { PlusOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Consent, Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { useColleagues } from '@/ui/colleagues'
import { useBaseTitle } from '@/ui/known'
import { writtenContact } from '@/ui/people'
import { Shape } from '@/ui/Shape'
import { Nothing, Shown } from '@/ui/states'
import { usePurposeWord, useTopicWord } from '@/ui/terms'
import { Day, Label } from '@/ui/words'
import { Granting, Revoking } from './ConsentForms'
import { useConsents } from './queries'
import { useCode } from './words'

const KINDS = { granted: 'good', refused: 'bad', revoked: 'bad', expired: 'warn' } as const

/** Return what names a consent among others of a person. */
export function keyOf(consent: Consent): string {
  const { key } = consent
  return [key?.controller, key?.purpose, key?.topic, key?.channel, key?.contact_kind, key?.contact_value].join('|')
}

export function Consents({ client, past }: { client: Profile; past: boolean }) {
  const { t } = useTranslation()
  const may = useMay('consents.edit') && !past
  const [granting, grant] = useState(false)
  const [revoking, revoke] = useState<Consent | null>(null)
  return (
    <div className="stack">
      <section className="paper">
        <div className="section-head">
          <h2>{t(past ? 'clients.consents.then' : 'clients.consents.now')}</h2>
          {may ? (
            <Button icon={<PlusOutlined />} onClick={() => grant(true)} disabled={!client.contacts.length}>
              {t('clients.consents.grant')}
            </Button>
          ) : null}
        </div>
        {client.consents.length ? (
          <Table consents={client.consents} act={may ? revoke : undefined} />
        ) : (
          <Nothing text={t('clients.consents.none')} />
        )}
      </section>
      {past ? null : <Told id={client.id} />}
      {may ? <Granting client={client} open={granting} close={() => grant(false)} /> : null}
      {revoking ? <Revoking client={client} consent={revoking} close={() => revoke(null)} /> : null}
    </div>
  )
}

function Told({ id }: { id: string }) {
  const { t } = useTranslation()
  const found = useConsents(id)
  const name = useColleagues(found.data?.history.map((each) => each.actor?.principal ?? '') ?? [])
  return (
    <section className="paper">
      <h2>{t('clients.consents.history')}</h2>
      <Shown found={found} shape={<Shape rows={4} />}>
        {({ history }) =>
          history.length ? (
            <Table consents={history} name={name} />
          ) : (
            <span className="soft">{t('clients.consents.noHistory')}</span>
          )
        }
      </Shown>
    </section>
  )
}

interface TableProps {
  consents: readonly Consent[]
  act?(consent: Consent): void
  name?(id: string): string
}

function Table({ consents, act, name }: TableProps) {
  const { t } = useTranslation()
  const code = useCode()
  const purpose = usePurposeWord()
  const topic = useTopicWord()
  const base = useBaseTitle()
  const { moment } = useFormat()
  const head = (key: string) => <th scope="col">{t(`clients.consents.columns.${key}`)}</th>
  return (
    <div className="scroll">
      <table className="consents">
        <thead>
          <tr>
            {head('purpose')}
            {head('channel')}
            {head('status')}
            {head('time')}
            {head('evidence')}
            {name ? head('actor') : null}
            {act ? <td /> : null}
          </tr>
        </thead>
        <tbody>
          {consents.map((consent, place) => {
            const { key } = consent
            return (
              <tr key={name ? place : keyOf(consent)}>
                <td>
                  {purpose(key?.purpose ?? '')}
                  {key?.topic ? <span className="soft"> · {topic(key.topic)}</span> : null}
                  <div className="soft">
                    <bdi>{base(key?.controller ?? '')}</bdi>
                  </div>
                </td>
                <td>
                  {code('channels', key?.channel ?? '')}
                  <div className="soft">
                    <bdi className="wrap">{writtenContact(key?.contact_kind ?? '', key?.contact_value ?? '')}</bdi>
                  </div>
                </td>
                <td>
                  <Label kind={consent.status ? KINDS[consent.status] : undefined}>
                    {t(`people.consents.${consent.status}`)}
                  </Label>
                  {consent.expire_time ? (
                    <div className="soft">
                      {t('clients.consents.until')} <Day date={consent.expire_time} />
                    </div>
                  ) : null}
                </td>
                <td>
                  <Tooltip title={moment(consent.time ?? '')}>
                    <span>
                      <Day date={consent.time} />
                    </span>
                  </Tooltip>
                </td>
                <td>
                  <Evidence consent={consent} />
                </td>
                {name ? <td>{name(consent.actor?.principal ?? '')}</td> : null}
                {act ? (
                  <td className="acts">
                    {consent.status === 'granted' ? (
                      <Button size="small" onClick={() => act(consent)}>
                        {t('clients.consents.revoke')}
                      </Button>
                    ) : null}
                  </td>
                ) : null}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Evidence({ consent }: { consent: Consent }) {
  const { t, i18n } = useTranslation()
  const { kind = '', reference, wording } = consent.evidence ?? {}
  const own = `clients.consents.evidences.${kind}`
  const said = i18n.exists(own) ? t(own) : kind
  const hint = [reference, wording].filter(Boolean).join(' · ')
  return (
    <Tooltip title={hint ? <bdi>{hint}</bdi> : null}>
      <span>
        {said}
        {wording ? <div className="soft cut">{wording}</div> : null}
      </span>
    </Tooltip>
  )
}
