/** A new profile, with what is wrong beside the field that is wrong. */
import { App, Button, Drawer, Form, Segmented } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { FieldProblem } from '@/api/problem'
import type { NewProfile } from '@/api/schema'
import { useSession } from '@/app/session'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { useBases, useCatalogue } from '@/ui/known'
import { useActs } from './acts'
import { attributesFor, type Form as Fields, patchOf } from './edit'
import { AttributeFields, BaseField, ContactFields, PlaceFields } from './PersonFields'
import { Refused } from './Refused'

const KINDS = ['hcp', 'patient', 'contact'] as const
const EMPTY: Fields = { attributes: {}, contacts: [], affiliations: [] }

interface Values extends Fields {
  kind: NewProfile['kind']
}

export function NewClient({ open, close }: { open: boolean; close(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const { workspace } = useSession()
  const [form] = Form.useForm<Values>()
  const kind = Form.useWatch('kind', form) ?? 'hcp'
  const bases = useBases()
  const { data: catalogue = [] } = useCatalogue()
  const { create } = useActs()
  const say = useFault()
  // The same attempt, sent twice, makes one person.
  const attempt = useRef({ body: '', key: '' })
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [rest, setRest] = useState<readonly FieldProblem[]>([])
  const shown = attributesFor(kind, catalogue)

  const save = async (values: Values) => {
    const known = patchOf(EMPTY, { ...EMPTY, ...values }, shown)
    if (!known) {
      setFailure(null)
      setRest([{ pointer: '', code: 'PERSON_EMPTY', detail: t('clients.new.nothing') }])
      return
    }
    const body = { ...known, kind: values.kind, ...(workspace === '*' ? { base: values.base } : {}) } as NewProfile
    const text = JSON.stringify(body)
    if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() }
    setBusy(true)
    setFailure(null)
    setRest([])
    try {
      const client = await create(body, attempt.current.key)
      form.resetFields()
      // The server joins what it knows to be the same person.
      void message.success(t(client.records.length > 1 ? 'clients.new.found' : 'clients.new.done'))
      void navigate(`/clients/${client.id}`)
    } catch (reason) {
      const left = showIn(form, reason, say)
      setRest(left)
      setFailure(left.length || !(reason as { errors?: unknown[] }).errors?.length ? reason : null)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Drawer
      open={open}
      onClose={close}
      size={640}
      title={t('clients.new.title')}
      mask={{ closable: false }}
      footer={
        <div className="row">
          <Button type="primary" loading={busy} onClick={form.submit}>
            {t('clients.new.save')}
          </Button>
          <Button onClick={close}>{t('clients.form.cancel')}</Button>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark
        initialValues={{ kind: 'hcp', contacts: [], affiliations: [] }}
        onFinish={save}
        scrollToFirstError={{ focus: true }}
      >
        <Form.Item name="kind" label={t('clients.new.kind')}>
          <Segmented options={KINDS.map((each) => ({ value: each, label: t(`people.kinds.${each}`) }))} />
        </Form.Item>
        {workspace === '*' ? <BaseField bases={bases} /> : null}
        <h2>{t('clients.data.personal')}</h2>
        <AttributeFields catalogue={shown} first />
        <h2>{t('clients.data.contacts')}</h2>
        <ContactFields />
        <h2>{t('clients.tabs.places')}</h2>
        <PlaceFields />
        <Refused rest={rest} failure={failure} />
      </Form>
    </Drawer>
  )
}
