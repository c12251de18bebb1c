/** The tree of a rule: groups, leaves and their values, on react-querybuilder with the house's own controls. */
import './rules.css'
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, DatePicker, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type ActionProps,
  type CombinatorSelectorProps,
  type ControlElementsProp,
  type FieldSelectorProps,
  type FullField,
  type OperatorSelectorProps,
  QueryBuilder,
  type RuleGroupType,
  type ShiftActionsProps,
  type ValueEditorProps,
} from 'react-querybuilder'
import type { Attribute } from '@/api/schema'
import { OrganisationPicker, SegmentPicker, TermPicker, useBases } from '@/ui/terms'
import { useAttributes } from './queries'
import { AFFILIATION, ATTRIBUTE, CONSENT, firstValue, operatorsOf, SETS, type Tree, type Tuple } from './rule'

const CHANNELS = ['email', 'sms', 'push', 'messenger', 'call']
const STATUSES = ['granted', 'refused', 'revoked', 'expired']
const DICTIONARY: Readonly<Record<string, string>> = {
  specialty: 'specialties',
  position: 'positions',
  city: 'cities',
  region: 'regions',
}

interface Known {
  attributes: Map<string, Attribute>
  problems: Map<string, string>
}

export function Rules({
  tree,
  change,
  problems,
}: {
  tree: Tree
  change: (tree: Tree) => void
  /** What the server says of a node, by its path: "0,2". */
  problems: Map<string, string>
}) {
  const { t } = useTranslation()
  const { data } = useAttributes()
  const attributes = useMemo(() => new Map((data?.items ?? []).map((each) => [each.key ?? '', each])), [data])
  const fields = useMemo(() => {
    const titled = (name: string, label: string) => ({ name, label, value: name })
    const own = [...attributes.keys()].map((key) =>
      titled(ATTRIBUTE + key, t(`people.attributes.${key}`, attributes.get(key)?.title ?? key)),
    )
    const parts = ['affiliation', 'consent', ...SETS].map((key) => titled(key, t(`segments.fields.${key}`)))
    return [...parts, ...own]
  }, [attributes, t])
  const context = useMemo<Known>(() => ({ attributes, problems }), [attributes, problems])
  const typeOf = (field: string) => attributes.get(field.slice(ATTRIBUTE.length))?.type ?? 'text'
  return (
    <QueryBuilder
      query={tree as RuleGroupType}
      onQueryChange={(next) => change(next as unknown as Tree)}
      fields={fields}
      combinators={['all', 'any', 'none'].map((key) => ({ name: key, value: key, label: t(`segments.groups.${key}`) }))}
      getOperators={(field) => operators(field, typeOf(field)).map((key) => ({ name: key, value: key, label: key }))}
      getDefaultField={() => 'affiliation'}
      getDefaultOperator={(field) => operators(field, typeOf(field))[0] ?? 'any_of'}
      getDefaultValue={(leaf) => firstValue(leaf.field, leaf.operator)}
      resetOnOperatorChange
      showShiftActions
      context={context}
      controlElements={CONTROLS}
      controlClassnames={{ queryBuilder: 'rules' }}
      accessibleDescriptionGenerator={({ path }) =>
        path.length ? t('segments.groupAt', { place: path.map((each) => each + 1).join('.') }) : t('segments.whole')
      }
      enableMountQueryChange={false}
    />
  )
}

function operators(field: string, type: string): readonly string[] {
  if (field.startsWith(ATTRIBUTE)) return operatorsOf(type)
  return [field === 'affiliation' || field === 'consent' ? 'fits' : 'any_of']
}

function Groups({ value, options, handleOnChange }: CombinatorSelectorProps) {
  const { t } = useTranslation()
  return (
    <Select
      size="small"
      value={value}
      options={options as { value: string; label: string }[]}
      onChange={handleOnChange}
      aria-label={t('segments.groups.title')}
      popupMatchSelectWidth={false}
      className="rules-group"
    />
  )
}

function Fields({ value, options, handleOnChange }: FieldSelectorProps) {
  const { t } = useTranslation()
  const listed = options as FullField[]
  const grouped = [
    { label: t('segments.fields.person'), options: listed.filter((each) => each.name.startsWith(ATTRIBUTE)) },
    { label: t('segments.fields.belongs'), options: listed.filter((each) => !each.name.startsWith(ATTRIBUTE)) },
  ]
  return (
    <Select
      value={value}
      options={grouped.reverse() as never}
      onChange={handleOnChange}
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={t('segments.field')}
      popupMatchSelectWidth={280}
      className="rules-field"
    />
  )
}

function Operators({ value, options, handleOnChange }: OperatorSelectorProps) {
  const { t } = useTranslation()
  if (options.length < 2) return null
  const worded = (options as FullField[]).map((each) => ({
    value: each.name,
    label: t(`segments.operators.${each.name}`),
  }))
  return (
    <Select
      value={value}
      options={worded}
      onChange={handleOnChange}
      aria-label={t('segments.operator')}
      popupMatchSelectWidth={false}
      className="rules-operator"
    />
  )
}

function Values(props: ValueEditorProps) {
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
  // Codes that we have words for; any other can be typed.
  const usual = (group: string): Option[] =>
    Object.entries(t(`people.${group}`, { returnObjects: true }) as Record<string, string>).map(([code, word]) => ({
      value: code,
      label: word,
    }))
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
            options={usual(key === 'purpose' ? 'purposes' : 'topics')}
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

function AddLeaf({ handleOnClick }: ActionProps) {
  const { t } = useTranslation()
  return (
    <Button size="small" icon={<PlusOutlined />} onClick={(event) => handleOnClick(event)}>
      {t('segments.addLeaf')}
    </Button>
  )
}

function AddGroup({ handleOnClick }: ActionProps) {
  const { t } = useTranslation()
  return (
    <Button size="small" type="text" icon={<PlusOutlined />} onClick={(event) => handleOnClick(event)}>
      {t('segments.addGroup')}
    </Button>
  )
}

function Remove({ handleOnClick }: ActionProps) {
  const { t } = useTranslation()
  return (
    <Button
      size="small"
      type="text"
      className="rules-remove"
      icon={<DeleteOutlined />}
      onClick={(event) => handleOnClick(event)}
      aria-label={t('segments.remove')}
    />
  )
}

function Shift({ shiftUp, shiftDown, shiftUpDisabled, shiftDownDisabled }: ShiftActionsProps) {
  const { t } = useTranslation()
  return (
    <span className="rules-shift">
      <Button
        size="small"
        type="text"
        disabled={shiftUpDisabled}
        onClick={() => shiftUp?.()}
        icon={<ArrowUpOutlined />}
        aria-label={t('segments.up')}
      />
      <Button
        size="small"
        type="text"
        disabled={shiftDownDisabled}
        onClick={() => shiftDown?.()}
        icon={<ArrowDownOutlined />}
        aria-label={t('segments.down')}
      />
    </span>
  )
}

const CONTROLS = {
  combinatorSelector: Groups,
  fieldSelector: Fields,
  operatorSelector: Operators,
  valueEditor: Values,
  addRuleAction: AddLeaf,
  addGroupAction: AddGroup,
  removeRuleAction: Remove,
  removeGroupAction: Remove,
  shiftActions: Shift,
} as unknown as ControlElementsProp<FullField, string>
