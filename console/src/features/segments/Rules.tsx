/** The tree of a rule: groups and leaves, on react-querybuilder with the house's own controls. */
import './rules.css'
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
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
} from 'react-querybuilder'
import { useCatalogue } from '@/ui/known'
import { type Known, Values } from './RuleValues'
import { ATTRIBUTE, firstValue, operatorsOf, SETS, type Tree } from './rule'

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
  const { data } = useCatalogue()
  const attributes = useMemo(() => new Map((data ?? []).map((each) => [each.key ?? '', each])), [data])
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
