/** What a leaf of a rule asks for: a workplace, a consent, a set, or an attribute's value, each with its own controls. */
import { Checkbox, DatePicker, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'
import type { ValueEditorProps } from 'react-querybuilder'
import type { Attribute } from '@/api/schema'
import { useBases } from '@/ui/known'
import {
  ANY_TOPIC,
  OrganisationPicker,
  SegmentPicker,
  TermPicker,
  useCodes,
  usePurposeWord,
  useTopicWord,
} from '@/ui/terms'
import { AFFILIATION, ATTRIBUTE, CONSENT, type Tuple } from './rule'

const CHANNELS = ['email', 'sms', 'push', 'messenger', 'call']
const STATUSES = ['granted', 'refused', 'revoked', 'expired']
const DICTIONARY: Readonly<Record<string, string>> = {
  specialty: 'specialties',
  position: 'positions',
  city: 'cities',
  region: 'regions',
}

export interface Known {
  attributes: Map<string, Attribute>
  problems: Map<string, string>
}

export function Values(props: ValueEditorProps) {
  const { field, path, context } = props
  const { problems } = context as Known
  const problem = problems.get(path.join(','))
  return (
    <div className="rules-value">
      {field.startsWith(ATTRIBUTE) ? <AttributeValue {...props} /> : <PartValue {...props} />}
      {problem ? (
        <p className="bad" role="alert">
          {problem}
        </p>
      ) : null}
    </div>
  )
}

function PartValue({ field, value, handleOnChange }: ValueEditorProps) {
  if (field === 'affiliation') return <Workplace value={value as Tuple} change={handleOnChange} />
  if (field === 'consent') return <Consent value={value as Tuple} change={handleOnChange} />
  return <SetValue field={field} value={value as string[]} change={handleOnChange} />
}

function SetValue({ field, value, change }: { field: string; value: string[]; change: (value: unknown) => void }) {
  const { t } = useTranslation()
  const bases = useBases()
  const label = t(`segments.fields.${field}`)
  const chosen = Array.isArray(value) ? value : []
  if (field === 'segment') return <SegmentPicker value={chosen} change={change} label={label} />
  const options = {
    status: ['active', 'archived'].map((each) => ({ value: each, label: t(`people.states.${each}`) })),
    kind: ['hcp', 'patient', 'contact'].map((each) => ({ value: each, label: t(`people.kinds.${each}`) })),
    has_channel: CHANNELS.map((each) => ({ value: each, label: t(`people.channels.${each}`) })),
    base: bases.map((each) => ({ value: each.key ?? '', label: each.title })),
  }[field]
  return <Several value={chosen} change={change} label={label} options={options ?? []} />
}

interface Option {
  value: string
  label: string
}

function Several(props: {
  value: readonly string[]
  change: (value: string[]) => void
  label: string
  options: Option[]
}) {
  return (
    <Select
      mode="multiple"
      value={[...props.value]}
      onChange={props.change}
      options={props.options}
      placeholder={props.label}
      aria-label={props.label}
      showSearch={{ optionFilterProp: 'label' }}
      className="rules-several"
    />
  )
}

const parts = (value: Tuple | undefined, key: string): string[] => {
  const part = value?.[key]
  return Array.isArray(part) ? [...part] : []
}

/** All parts belong to one and the same workplace. */
function Workplace({ value, change }: { value: Tuple; change: (value: Tuple) => void }) {
  const { t } = useTranslation()
  const set = (key: string) => (next: string[]) => change({ ...value, [key]: next })
  return (
    <fieldset className="rules-tuple">
      <legend>{t('segments.oneWorkplace')}</legend>
      {AFFILIATION.map((key) => {
        const label = t(`segments.workplace.${key}`)
        const dictionary = DICTIONARY[key]
        return dictionary ? (
          <TermPicker key={key} dictionary={dictionary} value={parts(value, key)} change={set(key)} label={label} />
        ) : (
          <OrganisationPicker key={key} value={parts(value, key)} change={set(key)} label={label} />
        )
      })}
      <Checkbox
        checked={value?.current === true}
        onChange={(event) => change({ ...value, current: event.target.checked })}
      >
        {t('segments.workplace.current')}
      </Checkbox>
    </fieldset>
  )
}

/** All parts belong to one and the same consent. */
function Consent({ value, change }: { value: Tuple; change: (value: Tuple) => void }) {
  const { t } = useTranslation()
  const bases = useBases()
  const set = (key: string) => (next: string[]) => change({ ...value, [key]: next })
  // Codes of the dictionaries; any other can be typed.
  const purposes = useCodes('purposes').codes
  const topics = useCodes('topics').codes
  const purpose = usePurposeWord()
  const topic = useTopicWord()
  const usual: Record<string, Option[]> = {
    purpose: purposes.map((value) => ({ value, label: purpose(value) })),
    topic: [ANY_TOPIC, ...topics].map((value) => ({ value, label: topic(value) })),
  }
  const known: Record<string, Option[]> = {
    controller: bases.map((each) => ({ value: each.key ?? '', label: each.title })),
    channel: CHANNELS.map((each) => ({ value: each, label: t(`people.channels.${each}`) })),
    status: STATUSES.map((each) => ({ value: each, label: t(`people.consents.${each}`) })),
  }
  return (
    <fieldset className="rules-tuple">
      <legend>{t('segments.oneConsent')}</legend>
      {CONSENT.map((key) => {
        const label = t(`segments.consent.${key}`)
        const options = known[key]
        return options ? (
          <Several key={key} value={parts(value, key)} change={set(key)} label={label} options={options} />
        ) : (
          <Select
            key={key}
            mode="tags"
            value={parts(value, key)}
            options={usual[key]}
            onChange={set(key)}
            placeholder={label}
            aria-label={label}
            tokenSeparators={[',', ' ']}
            className="rules-several"
          />
        )
      })}
    </fieldset>
  )
}

function AttributeValue({ field, operator, value, handleOnChange, context }: ValueEditorProps) {
  const { t } = useTranslation()
  const attribute = (context as Known).attributes.get(field.slice(ATTRIBUTE.length))
  const type = attribute?.type ?? 'text'
  const label = t('segments.value')
  if (operator === 'is_present' || operator === 'is_missing') return null
  if (type === 'code' && attribute?.dictionary) {
    const codes = Array.isArray(value) ? value : value ? [value] : []
    return <TermPicker dictionary={attribute.dictionary} value={codes} change={handleOnChange} label={label} />
  }
  if (operator === 'in' || operator === 'not_in') {
    return (
      <Select mode="tags" value={value || []} onChange={handleOnChange} aria-label={label} className="rules-several" />
    )
  }
  if (type === 'flag') {
    const options = [
      { value: true, label: t('segments.yes') },
      { value: false, label: t('segments.no') },
    ]
    return (
      <Select value={value === '' ? undefined : value} options={options} onChange={handleOnChange} aria-label={label} />
    )
  }
  if (operator === 'between') {
    const [from, to] = Array.isArray(value) ? value : ['', '']
    return (
      <span className="rules-span">
        <Single type={type} value={from} label={t('segments.from')} change={(next) => handleOnChange([next, to])} />
        <Single type={type} value={to} label={t('segments.to')} change={(next) => handleOnChange([from, next])} />
      </span>
    )
  }
  return <Single type={type} value={value} label={label} change={handleOnChange} />
}

function Single(props: { type: string; value: unknown; label: string; change: (value: unknown) => void }) {
  const { type, value, label, change } = props
  if (type === 'date') {
    const day = typeof value === 'string' && value ? dayjs(value) : null
    return (
      <DatePicker value={day} onChange={(next) => change(next ? next.format('YYYY-MM-DD') : '')} aria-label={label} />
    )
  }
  if (type === 'number') {
    const number = typeof value === 'number' ? value : null
    return <InputNumber value={number} onChange={(next) => change(next ?? '')} aria-label={label} />
  }
  return (
    <Input
      value={typeof value === 'string' ? value : ''}
      maxLength={256}
      onChange={(event) => change(event.target.value)}
      aria-label={label}
      placeholder={label}
    />
  )
}
