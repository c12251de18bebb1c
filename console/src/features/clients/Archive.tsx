/** Set people aside, with a reason; it can be undone, and says how many before it happens. */
import { InboxOutlined } from '@ant-design/icons'
import { App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { PersonName } from '@/ui/PersonName'
import { Failure } from '@/ui/states'
import { TermPicker } from '@/ui/terms'
import { useUndo } from '@/ui/undo'
import { useActs } from './acts'

const SAMPLE = 10
const LONGEST = 50

interface Values {
  reason: string
  comment?: string
}

interface Asking {
  open: boolean
  close(): void
  title: string
  button: string
  /** Whom it is about. */
  people: readonly Pick<Profile, 'id' | 'attributes'>[]
  count: number
  act(values: Values): Promise<unknown>
}

function Asking({ open, close, title, button, people, count, act }: Asking) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const say = useFault()
  const go = async (values: Values) => {
    setBusy(true)
    setFailure(null)
    try {
      await act({ reason: values.reason, comment: values.comment?.trim() ?? '' })
      close()
    } catch (reason) {
      const left = showIn(form, reason, say)
      if (left.length || !(reason as { errors?: unknown[] }).errors?.length) setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open={open}
      title={title}
      onCancel={close}
      afterClose={() => setFailure(null)}
      okText={button}
      okButtonProps={{ danger: true, loading: busy }}
      cancelText={t('clients.form.cancel')}
      onOk={form.submit}
      destroyOnHidden
    >
      <p>{t('clients.archive.what')}</p>
      <ul className="sample">
        {people.slice(0, SAMPLE).map((person) => (
          <li key={person.id}>
            <PersonName person={person} />
          </li>
        ))}
        {count > Math.min(people.length, SAMPLE) ? (
          <li className="soft">
            {t('clients.archive.more', { number: number(count - Math.min(people.length, SAMPLE)) })}
          </li>
        ) : null}
      </ul>
      <Form<Values> form={form} layout="vertical" requiredMark onFinish={go}>
        <Form.Item
          name="reason"
          label={t('clients.archive.reason')}
          rules={[{ required: true, message: t('clients.archive.choose') }]}
        >
          <Reason />
        </Form.Item>
        <Form.Item name="comment" label={t('clients.archive.comment')}>
          <Input maxLength={LONGEST} showCount />
        </Form.Item>
      </Form>
      {failure ? <Failure failure={failure} small /> : null}
    </Modal>
  )
}

function Reason({ value, onChange }: { value?: string; onChange?(value?: string): void }) {
  const { t } = useTranslation()
  return (
    <TermPicker
      many={false}
      autoFocus
      dictionary="archive-reasons"
      label={t('clients.archive.reason')}
      value={value ? [value] : []}
      change={(next) => onChange?.(next[0])}
    />
  )
}

/** Archive one person from the card. */
export function ArchiveOne({ client, open, close }: { client: Profile; open: boolean; close(): void }) {
  const { t } = useTranslation()
  const undo = useUndo()
  const { archive, restore } = useActs()
  const act = async ({ reason, comment = '' }: Values) => {
    await archive(client.id, reason, comment)
    undo(t('clients.archive.doneOne'), () => restore(client.id))
  }
  return (
    <Asking
      open={open}
      close={close}
      title={t('clients.archive.titleOne')}
      button={t('clients.archive.buttonOne')}
      people={[client]}
      count={1}
      act={act}
    />
  )
}

/** Archive those who are marked. */
export function ArchiveMany({ ids, known, done }: { ids: readonly string[]; known: readonly Profile[]; done(): void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { number } = useFormat()
  const undo = useUndo()
  const [open, setOpen] = useState(false)
  const { archiveAll, restoreAll } = useActs()
  const count = ids.length
  const act = async ({ reason, comment = '' }: Values) => {
    const { archived, unchanged, unknown } = await archiveAll(ids, reason, comment)
    done()
    if (archived.length) {
      const said = t('clients.archive.done', { count: archived.length, number: number(archived.length) })
      undo(said, () => restoreAll(archived))
    }
    const rest = unchanged.length + unknown.length
    if (rest) void message.info(t('clients.archive.left', { count: rest, number: number(rest) }))
  }
  return (
    <>
      <Button size="small" icon={<InboxOutlined />} onClick={() => setOpen(true)}>
        {t('clients.archive.button')}
      </Button>
      <Asking
        open={open}
        close={() => setOpen(false)}
        title={t('clients.archive.title', { count, number: number(count) })}
        button={t('clients.archive.do', { count, number: number(count) })}
        people={known.filter((client) => ids.includes(client.id))}
        count={count}
        act={act}
      />
    </>
  )
}
