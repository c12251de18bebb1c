/** Add a term or change one: its names, the other spellings by which it is recognised, a city's region and zone. */
import { Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Term } from '@/api/schema'
import { useFault } from '@/ui/faults'
import { showIn } from '@/ui/fields'
import { Failure } from '@/ui/states'
import { TermPicker } from '@/ui/terms'
import { usePutTerm } from './queries'
import { fieldsOf, NAMED, type TermFields, termOf } from './terms'

const CODE = /^[a-z0-9][a-z0-9_-]{0,63}$/
const ZONES = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))

interface Props {
  dictionary: string
  /** What the dictionary is called. */
  title: string
  /** Absent for a new one. */
  term?: Term
  close(): void
}

export function TermForm({ dictionary, title, term, close }: Props) {
  const { t, i18n } = useTranslation()
  const [form] = Form.useForm<TermFields>()
  const put = usePutTerm(dictionary)
  const fault = useFault()
  const languages = new Intl.DisplayNames([i18n.language], { type: 'language' })
  const city = dictionary === 'cities'
  const save = (fields: TermFields) =>
    put.mutate(termOf({ ...fields, code: term?.code ?? fields.code }, term), {
      onSuccess: close,
      onError: (failure) => showIn(form, failure, fault),
    })
  return (
    <Modal
      open
      title={`${t(term ? 'dictionaries.edit' : 'dictionaries.add')} · ${title}`}
      okText={t('dictionaries.save')}
      confirmLoading={put.isPending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form<TermFields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={term ? fieldsOf(term) : { code: '', names: {}, synonyms: [] }}
        onFinish={save}
      >
        {NAMED.map((language) => (
          <Form.Item
            key={language}
            name={['names', language]}
            label={t('dictionaries.nameIn', { language: languages.of(language) })}
            rules={[{ required: language === 'ru', whitespace: true, message: t('dictionaries.nameMissing') }]}
          >
            <Input lang={language} maxLength={200} />
          </Form.Item>
        ))}
        {term ? null : (
          <Form.Item
            name="code"
            label={t('dictionaries.code')}
            extra={t('dictionaries.codeHelp')}
            rules={[{ required: true, pattern: CODE, message: t('dictionaries.codeWrong') }]}
          >
            <Input maxLength={64} spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item name="synonyms" label={t('dictionaries.synonyms')} extra={t('dictionaries.synonymsHelp')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[';', '\n']} maxCount={100} />
        </Form.Item>
        {city ? (
          <>
            <Form.Item
              name="parent"
              label={t('dictionaries.region')}
              getValueProps={(value?: string) => ({ value: value ? [value] : [] })}
              getValueFromEvent={(value: string[]) => value[0]}
              trigger="change"
            >
              <Region label={t('dictionaries.region')} />
            </Form.Item>
            <Form.Item name="time_zone" label={t('dictionaries.zone')}>
              <Select showSearch options={ZONES} allowClear />
            </Form.Item>
          </>
        ) : null}
      </Form>
      {put.error ? <Failure failure={put.error} small /> : null}
    </Modal>
  )
}

function Region({
  value = [],
  change = () => {},
  label,
}: {
  value?: string[]
  change?(value: string[]): void
  label: string
}) {
  return <TermPicker dictionary="regions" value={value} change={change} label={label} many={false} />
}
