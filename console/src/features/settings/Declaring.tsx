/** Declare a period: what it is for, from when to when, and what it holds back. */
import { useMutation } from '@tanstack/react-query'
import { Checkbox, DatePicker, Form, Input, Modal } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { Failure } from '@/ui/states'
import { type FreezeFields, freezeOf, SCOPES } from './freezes'

const WRITTEN = 'D MMM YYYY, HH:mm'
const EACH_MINUTES = { format: 'HH:mm', minuteStep: 5 } as const
/** The names of the form's fields by those of the body. */
const FIELDS: Readonly<Record<string, string>> = { begin_time: 'begin', end_time: 'end' }

export function Declaring({ close, declared }: { close(): void; declared(): Promise<unknown> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<FreezeFields>()
  const fault = useFault()
  const put = useMutation({
    mutationFn: (fields: FreezeFields) => answer(api.POST('/v1/freezes', { body: freezeOf(fields) })),
    onSuccess: async () => {
      await declared()
      close()
    },
    onError: (failure) =>
      showIn(form, failure, fault, ([name, ...rest]) => [FIELDS[name as string] ?? name ?? '', ...rest]),
    meta: { shown: true },
  })
  const past = (day: dayjs.Dayjs) => day.isBefore(dayjs(), 'day')
  // Not `required`, which a group of boxes may not say of itself.
  const some = async (_rule: unknown, chosen: readonly string[]) => {
    if (chosen.length === 0) throw new Error(t('faults.REQUIRED'))
  }
  return (
    <Modal
      open
      title={t('settings.freezes.declare')}
      okText={t('settings.freezes.begin')}
      okButtonProps={{ loading: put.isPending }}
      mask={{ closable: false }}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <p className="soft">{t('settings.freezes.what')}</p>
      <Form<FreezeFields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ title: '', scopes: [...SCOPES] }}
        onFinish={(fields) => put.mutate(fields)}
      >
        <Form.Item
          name="title"
          label={t('settings.freezes.for')}
          rules={[{ required: true, whitespace: true, message: t('faults.REQUIRED') }]}
        >
          <Input maxLength={100} autoFocus placeholder={t('settings.freezes.example')} />
        </Form.Item>
        <div className="fields">
          <Form.Item name="begin" label={t('settings.freezes.from')}>
            <DatePicker
              showTime={EACH_MINUTES}
              format={WRITTEN}
              disabledDate={past}
              placeholder={t('settings.freezes.now')}
              style={{ width: '100%' }}
            />
          </Form.Item>
          <Form.Item
            name="end"
            label={t('settings.freezes.until')}
            rules={[{ required: true, message: t('faults.REQUIRED') }]}
          >
            <DatePicker
              showTime={EACH_MINUTES}
              format={WRITTEN}
              disabledDate={past}
              allowClear={false}
              style={{ width: '100%' }}
            />
          </Form.Item>
        </div>
        <Form.Item name="scopes" label={t('settings.freezes.holds')} rules={[{ validator: some }]}>
          <Checkbox.Group
            className="stack"
            options={SCOPES.map((each) => ({ value: each, label: t(`settings.freezes.scopes.${each}`) }))}
          />
        </Form.Item>
      </Form>
      {put.error ? <Failure failure={put.error} small /> : null}
    </Modal>
  )
}
