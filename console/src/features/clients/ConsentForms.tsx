/** A consent that was given or withdrawn, each with its proof. */
import { App, DatePicker, Form, Input, Modal, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '@/api/problem'
import type { Consent, ConsentKey, Profile } from '@/api/schema'
import { useSession } from '@/app/session'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { useBases } from '@/ui/known'
import { CHANNELS, CONTACT_OF, isolated, writtenContact } from '@/ui/people'
import { Failure } from '@/ui/states'
import { usePurposeWord, useTopicWord } from '@/ui/terms'
import { useActs } from './acts'
import { useKnownPurposes, useKnownTopics } from './purposes'
import { Refused } from './Refused'
import { useCode } from './words'

/** The purpose that most consents are given for. */
const USUAL = 'marketing'
const EVIDENCES = ['phone-call', 'paper-form', 'web-form', 'preference-centre', 'console'] as const

interface Proof {
  evidence: { kind: string; reference?: string; wording?: string }
}

interface Grant extends Proof {
  channel: ConsentKey['channel']
  contact: string
  purpose: string
  topic: string
  controller: string
  expires?: Dayjs | null
}

/** Send a form; faults stand beside their fields. */
function useSending() {
  const say = useFault()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [rest, setRest] = useState<readonly FieldProblem[]>([])
  const send = async <T,>(form: ReturnType<typeof Form.useForm<T>>[0], act: () => Promise<unknown>) => {
    setBusy(true)
    setFailure(null)
    setRest([])
    try {
      await act()
      return true
    } catch (reason) {
      // The form names the parts of a consent's key by themselves.
      const left = showIn(form, reason, say, (parts) =>
        parts[0] === 'key' ? [parts[1] === 'contact_value' ? 'contact' : (parts[1] ?? '')] : parts,
      )
      setRest(left)
      setFailure(left.length || !(reason as { errors?: unknown[] }).errors?.length ? reason : null)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { send, busy, refused: <Refused rest={rest} failure={failure} /> }
}

export function Granting({ client, open, close }: { client: Profile; open: boolean; close(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Grant>()
  const channel = Form.useWatch('channel', form)
  const { grant } = useActs()
  const { workspace } = useSession()
  const bases = useBases().filter((base) => client.bases.includes(base.key))
  const purposes = useKnownPurposes()
  const topics = useKnownTopics()
  const code = useCode()
  const purpose = usePurposeWord()
  const topic = useTopicWord()
  const { send, busy, refused } = useSending()
  const channels = CHANNELS.filter((each) => client.contacts.some((contact) => contact.kind === CONTACT_OF[each]))
  const contacts = client.contacts.filter((contact) => channel && contact.kind === CONTACT_OF[channel])
  const required = [{ required: true, message: t('faults.REQUIRED') }]
  const save = async (values: Grant) => {
    const kind = CONTACT_OF[values.channel]
    const key = {
      controller: values.controller,
      purpose: values.purpose,
      topic: values.topic,
      channel: values.channel,
      contact_kind: kind,
      contact_value: values.contact,
    }
    const expire_time = values.expires?.endOf('day').toISOString()
    const body = { key, evidence: values.evidence, ...(expire_time ? { expire_time } : {}) }
    if (await send(form, () => grant(client.id, body))) {
      void message.success(t('clients.consents.granted'))
      close()
    }
  }
  const first = channels[0]
  const controller = workspace === '*' ? bases[0]?.key : workspace
  useEffect(() => {
    // Opened before it was known which bases there are.
    if (open && controller && !form.getFieldValue('controller')) form.setFieldValue('controller', controller)
  }, [open, controller, form])
  return (
    <Modal
      open={open}
      onCancel={close}
      title={t('clients.consents.granting')}
      okText={t('clients.consents.grant')}
      okButtonProps={{ loading: busy }}
      cancelText={t('clients.form.cancel')}
      onOk={form.submit}
      destroyOnHidden
    >
      <Form<Grant>
        form={form}
        layout="vertical"
        requiredMark
        preserve={false}
        onFinish={save}
        onValuesChange={(changed) => {
          if ('channel' in changed) form.setFieldValue('contact', undefined)
        }}
        initialValues={{
          channel: first,
          contact: client.contacts.find((contact) => first && contact.kind === CONTACT_OF[first])?.value,
          purpose: USUAL,
          topic: '*',
          controller,
          evidence: { kind: 'phone-call' },
        }}
      >
        <div className="fields">
          <Form.Item name="channel" label={t('clients.consents.columns.channel')} rules={required}>
            <Select options={channels.map((each) => ({ value: each, label: code('channels', each) }))} />
          </Form.Item>
          <Form.Item name="contact" label={t('clients.consents.contact')} rules={required}>
            <Select
              options={contacts.map(({ kind, value }) => ({ value, label: isolated(writtenContact(kind, value)) }))}
            />
          </Form.Item>
          <Form.Item name="purpose" label={t('clients.consents.columns.purpose')} rules={required}>
            <Select options={purposes.values.map((each) => ({ value: each, label: purpose(each) }))} />
          </Form.Item>
          <Form.Item name="topic" label={t('clients.consents.topic')} rules={required}>
            <Select options={topics.values.map((each) => ({ value: each, label: topic(each) }))} />
          </Form.Item>
          {workspace === '*' ? (
            <Form.Item name="controller" label={t('clients.consents.controller')} rules={required}>
              <Select options={bases.map((base) => ({ value: base.key, label: isolated(base.title) }))} />
            </Form.Item>
          ) : (
            <Form.Item name="controller" hidden>
              <Input />
            </Form.Item>
          )}
          <Form.Item name="expires" label={t('clients.consents.expires')}>
            <DatePicker style={{ width: '100%' }} placeholder={t('clients.consents.never')} format="D MMM YYYY" />
          </Form.Item>
        </div>
        <ProofFields />
        {refused}
        {[purposes, topics].map(({ failure, again }, place) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: two questions, always in this order
          failure ? <Failure key={place} failure={failure} again={again} small /> : null,
        )}
      </Form>
    </Modal>
  )
}

export function Revoking({ client, consent, close }: { client: Profile; consent: Consent; close(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Proof>()
  const { revoke } = useActs()
  const code = useCode()
  const purpose = usePurposeWord()
  const { send, busy, refused } = useSending()
  const { key } = consent
  const save = async ({ evidence }: Proof) => {
    if (!key) return
    if (await send(form, () => revoke(client.id, { key, evidence }))) {
      void message.success(t('clients.consents.revoked'))
      close()
    }
  }
  return (
    <Modal
      open
      onCancel={close}
      title={t('clients.consents.revoking')}
      okText={t('clients.consents.revoke')}
      okButtonProps={{ loading: busy, danger: true }}
      cancelText={t('clients.form.cancel')}
      onOk={form.submit}
    >
      <p>
        {purpose(key?.purpose ?? '')} · {code('channels', key?.channel ?? '')} ·{' '}
        <bdi className="wrap">{writtenContact(key?.contact_kind ?? '', key?.contact_value ?? '')}</bdi>
      </p>
      <p className="soft">{t('clients.consents.revokeWhat')}</p>
      <Form<Proof>
        form={form}
        layout="vertical"
        requiredMark
        onFinish={save}
        initialValues={{ evidence: { kind: 'phone-call' } }}
      >
        <ProofFields />
        {refused}
      </Form>
    </Modal>
  )
}

function ProofFields() {
  const { t } = useTranslation()
  return (
    <div className="fields">
      <Form.Item
        name={['evidence', 'kind']}
        label={t('clients.consents.columns.evidence')}
        rules={[{ required: true, message: t('faults.REQUIRED') }]}
      >
        <Select options={EVIDENCES.map((each) => ({ value: each, label: t(`clients.consents.evidences.${each}`) }))} />
      </Form.Item>
      <Form.Item name={['evidence', 'reference']} label={t('clients.consents.reference')}>
        <Input maxLength={200} placeholder={t('clients.consents.referenceHelp')} />
      </Form.Item>
    </div>
  )
}
