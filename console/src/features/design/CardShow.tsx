/** The card of an invented doctor, in every state. */
import { EditOutlined, MailOutlined, PhoneOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { CardLayout, CardSkeleton } from '@/layouts/Card'
import { useKeys } from '@/ui/keys'
import { Failure, NoRight, Nothing, Partial } from '@/ui/states'
import { Day, Figure, Label, Moment, OutcomeWord } from '@/ui/words'
import { doctors } from './people'
import { AWAY } from './States'

const OUTCOMES = ['clicked', 'opened', 'delivered', 'delivered', 'stopped', 'bounced'] as const

export default function CardShow({ state }: { state: string }) {
  const { t, i18n } = useTranslation()
  const { number } = useFormat()
  const who = useMemo(() => doctors(i18n.language, 8)[6], [i18n.language])
  useKeys([{ key: 'e', word: t('layouts.keys.edit'), act: () => {} }])
  if (state === 'loading') return <CardSkeleton />
  if (state === 'failing' || !who) return <Failure failure={AWAY} again={() => {}} heading />
  if (state === 'noRight') return <NoRight />
  const aside = (
    <>
      <h1>{who.name}</h1>
      <p className="soft">{who.specialty}</p>
      <Label kind="good">{t('design.card.active')}</Label>
      <div className="card-facts">
        <div>
          <strong>{number(who.letters)}</strong>
          <span className="soft">{t('design.card.letters')}</span>
        </div>
        <div>
          <strong>24 %</strong>
          <span className="soft">{t('design.card.opens')}</span>
        </div>
        <div>
          <strong>3</strong>
          <span className="soft">{t('design.card.inSegments')}</span>
        </div>
      </div>
      <div className="card-acts">
        <Button type="primary" icon={<MailOutlined />}>
          {t('design.card.write')}
        </Button>
        <Button icon={<EditOutlined />}>{t('layouts.keys.edit')}</Button>
      </div>
      <h2>{t('design.card.contacts')}</h2>
      <ul className="contacts">
        <li>
          <MailOutlined aria-hidden />
          <Tooltip title={t('design.card.confirmed')}>
            <span>doctor@clinic.example</span>
          </Tooltip>
        </li>
        <li>
          <PhoneOutlined aria-hidden />
          <span className="figure">+7 900 000-00-00</span>
        </li>
      </ul>
      <h2>{t('design.list.workplace')}</h2>
      <p>
        {who.workplace}
        <br />
        <span className="soft">{who.city}</span>
      </p>
    </>
  )
  const identity = () => (
    <section className="paper">
      <h2>{t('design.card.identity')}</h2>
      <dl className="facts">
        <dt>{t('design.list.name')}</dt>
        <dd>{who.name}</dd>
        <dt>{t('design.card.birth')}</dt>
        <dd>
          <Day date="1979-05-17" />
        </dd>
        <dt>{t('design.list.specialty')}</dt>
        <dd>
          {who.specialty} <small className="soft">{t('design.card.source')}</small>
        </dd>
        <dt>{t('design.list.updated')}</dt>
        <dd>
          <Moment time={who.updated} />
        </dd>
      </dl>
    </section>
  )
  const messages = () => (
    <section className="paper plain">
      <table className="grid" aria-label={t('design.card.messages')}>
        <thead>
          <tr>
            <th scope="col">{t('design.card.letter')}</th>
            <th scope="col">{t('design.pieces.outcome')}</th>
            <th scope="col">{t('design.card.sent')}</th>
          </tr>
        </thead>
        <tbody>
          {OUTCOMES.map((outcome, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an invented and constant list
            <tr key={place}>
              <td>{t('design.card.subject', { number: place + 1 })}</td>
              <td>
                <OutcomeWord outcome={outcome} />
              </td>
              <td>
                <Moment time={new Date(Date.UTC(2026, 10, 18 - place * 3, 9)).toISOString()} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
  return (
    <CardLayout
      note={state === 'partial' ? <Partial text={t('design.states.partialText')} /> : null}
      aside={aside}
      tabs={[
        { key: 'identity', title: t('design.card.identity'), content: identity },
        {
          key: 'messages',
          title: t('design.card.messages'),
          count: OUTCOMES.length,
          content: () => (state === 'partial' ? <Failure failure={AWAY} again={() => {}} small /> : messages()),
        },
        {
          key: 'segments',
          title: t('design.card.segments'),
          count: 0,
          content: () => (
            <Nothing text={t('design.card.noSegments')}>
              <Button>{t('design.list.toSegment')}</Button>
            </Nothing>
          ),
        },
        {
          key: 'history',
          title: t('design.card.history'),
          content: () => <Figure value={42} unit={t('design.card.changes')} />,
        },
      ]}
    />
  )
}
