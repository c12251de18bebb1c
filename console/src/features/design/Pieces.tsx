/** What screens are made of: facts, buttons, a form that was refused, a danger, an undo. */
import { Button, Form, Input, Select, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/api/problem'
import { useFormat } from '@/i18n/format'
import type { Outcome } from '@/theme'
import { Danger } from '@/ui/Danger'
import { showIn } from '@/ui/fields'
import { Sentences } from '@/ui/Sentences'
import { useUndo } from '@/ui/undo'
import { Day, Figure, Label, Moment, OutcomeWord, Share } from '@/ui/words'
import { Both } from './Both'
import { doctors } from './people'

const SHOWN: readonly Outcome[] = ['delivered', 'bounced', 'stopped', 'held', 'clicked']

function Facts() {
  const { t } = useTranslation()
  return (
    <>
      <h2>{t('design.pieces.facts')}</h2>
      <dl className="facts">
        <dt>{t('design.pieces.figure')}</dt>
        <dd>
          <Figure value={12418} unit={t('design.pieces.people')} to="?part=list" />
        </dd>
        <dt>{t('design.pieces.share')}</dt>
        <dd>
          <Share part={3104} whole={12418} formula={t('design.pieces.formula')} />
        </dd>
        <dt>{t('design.pieces.moment')}</dt>
        <dd>
          <Moment time="2026-11-20T11:05:00Z" />
        </dd>
        <dt>{t('design.pieces.day')}</dt>
        <dd>
          <Day date="1984-03-09" />
        </dd>
        <dt>{t('design.pieces.unknown')}</dt>
        <dd>
          <Day date={null} />
        </dd>
        <dt>{t('design.pieces.outcome')}</dt>
        <dd className="wraps">
          {SHOWN.map((outcome) => (
            <OutcomeWord key={outcome} outcome={outcome} />
          ))}
        </dd>
        <dt>{t('design.pieces.label')}</dt>
        <dd>
          <Label>{t('design.pieces.draft')}</Label>
          <Label kind="act">{t('design.pieces.running')}</Label>
          <Label kind="good">{t('design.pieces.ready')}</Label>
          <Label kind="warn">{t('design.pieces.doubt')}</Label>
          <Label kind="bad">{t('design.pieces.broken')}</Label>
        </dd>
      </dl>
    </>
  )
}

function Controls() {
  const { t } = useTranslation()
  return (
    <>
      <h2>{t('design.pieces.buttons')}</h2>
      <Space wrap>
        <Button type="primary">{t('design.pieces.save')}</Button>
        <Button>{t('design.pieces.test')}</Button>
        <Button type="text">{t('design.pieces.leave')}</Button>
        <Button type="link">{t('design.pieces.more')}</Button>
        <Button danger>{t('design.pieces.archive')}</Button>
        <Button type="primary" disabled>
          {t('design.pieces.save')}
        </Button>
      </Space>
      <h2>{t('design.pieces.fields')}</h2>
      <Space wrap align="start">
        <Input placeholder={t('design.pieces.find')} aria-label={t('design.pieces.find')} />
        <Select
          defaultValue="1"
          options={[{ value: '1', label: t('design.pieces.ready') }]}
          aria-label={t('design.pieces.label')}
        />
      </Space>
      <h2>{t('design.pieces.rule')}</h2>
      <Sentences
        sentences={[
          { text: t('design.pieces.rule1') },
          {
            text: t('design.pieces.rule2'),
            parts: [{ text: t('design.pieces.rule3') }, { text: t('design.pieces.rule4') }],
          },
        ]}
      />
    </>
  )
}

function Refused() {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ name: string; contacts: { value: string }[] }>()
  const refuse = () =>
    showIn(
      form,
      new Problem(422, {
        code: 'INVALID_ARGUMENT',
        detail: '',
        errors: [{ pointer: '/contacts/0/value', code: 'INVALID', detail: t('design.pieces.wrongMail') }],
      }),
      (problem) => problem.detail,
    )
  return (
    <Form form={form} layout="vertical" initialValues={{ contacts: [{ value: 'doctor@clinic' }] }} onFinish={refuse}>
      <Form.Item name="name" label={t('design.pieces.name')}>
        <Input />
      </Form.Item>
      <Form.Item name={['contacts', 0, 'value']} label={t('design.pieces.mail')}>
        <Input />
      </Form.Item>
      <Button htmlType="submit" type="primary">
        {t('design.pieces.save')}
      </Button>
    </Form>
  )
}

function Acts() {
  const { t, i18n } = useTranslation()
  const { number } = useFormat()
  const offer = useUndo()
  const [archived, setArchived] = useState(false)
  const sample = doctors(i18n.language, 3)
  return (
    <Space wrap>
      <Danger
        title={t('design.pieces.sending')}
        object={t('design.pieces.sendingTo', { number: number(12418) })}
        sample={sample.map((each) => (
          <div key={each.id}>
            {each.name} <span className="soft">{each.specialty}</span>
          </div>
        ))}
        word={number(12418)}
        button={t('design.pieces.send', { number: number(12418) })}
        act={() => Promise.resolve()}
        main
      />
      <Danger
        title={t('design.pieces.erasing')}
        object={t('design.pieces.erasingWhom')}
        button={t('design.pieces.erase')}
        act={() => Promise.reject(new Problem(503, { code: 'AWAY' }, '4bf92f3577b34da6a3ce929d0e0e4736'))}
      />
      <Button
        disabled={archived}
        onClick={() => {
          setArchived(true)
          offer(t('design.pieces.archived'), async () => setArchived(false))
        }}
      >
        {t('design.pieces.archive')}
      </Button>
    </Space>
  )
}

export default function Pieces() {
  const { t } = useTranslation()
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('design.parts.pieces')}</h1>
      </header>
      <Both>
        {() => (
          <>
            <Facts />
            <Controls />
          </>
        )}
      </Both>
      <div className="both">
        <section className="paper">
          <h2>{t('design.pieces.refused')}</h2>
          <Refused />
        </section>
        <section className="paper">
          <h2>{t('design.pieces.acts')}</h2>
          <Acts />
        </section>
      </div>
    </div>
  )
}
