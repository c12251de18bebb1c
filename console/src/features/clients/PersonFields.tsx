/** Fields of a person: attributes by the catalogue, contacts and workplaces. The same for a new one and for an edit. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs from 'dayjs'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attribute, Base } from '@/api/schema'
import { isolated } from '@/ui/people'
import { OrganisationPicker, TermPicker } from '@/ui/terms'
import type { Point } from './edit'
import { Holders } from './Holders'
import { useAttributeTitle } from './words'

const DAY = 'YYYY-MM-DD'
const KINDS = ['email', 'phone', 'messenger'] as const

interface Controlled {
  id?: string
  value?: string
  onChange?(value: string): void
}

/** In whose base what is typed is known: asked of whoever works in all of them. */
export function BaseField({ bases }: { bases: readonly Base[] }) {
  const { t } = useTranslation()
  return (
    <Form.Item name="base" label={t('clients.form.base')} rules={[{ required: true, message: t('faults.REQUIRED') }]}>
      <Select options={bases.map((base) => ({ value: base.key, label: isolated(base.title) }))} />
    </Form.Item>
  )
}

/** An input for a value of a type; raw texts go in and out. */
export function ValueInput({
  attribute,
  label,
  autoFocus,
  ...field
}: Controlled & { attribute: Attribute; label: string; autoFocus?: boolean }) {
  const { t } = useTranslation()
  const { value = '', onChange = () => {} } = field
  if (attribute.type === 'code' && attribute.dictionary) {
    return <OneTerm {...field} dictionary={attribute.dictionary} label={label} />
  }
  if (attribute.type === 'date') return <DayInput {...field} />
  if (attribute.type === 'number') {
    return (
      <InputNumber
        id={field.id}
        value={value === '' ? null : Number(value)}
        onChange={(next) => onChange(next === null ? '' : String(next))}
        style={{ width: '100%' }}
      />
    )
  }
  if (attribute.type === 'flag') {
    const options = ['true', 'false'].map((each) => ({
      value: each,
      label: t(each === 'true' ? 'people.yes' : 'people.no'),
    }))
    return (
      <Select
        id={field.id}
        allowClear
        options={options}
        value={value || undefined}
        onChange={(next) => onChange(next ?? '')}
      />
    )
  }
  return (
    <Input
      id={field.id}
      dir="auto"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="off"
      autoFocus={autoFocus}
    />
  )
}

/** A day; typed or chosen. */
export function DayInput({ id, value, onChange = () => {} }: Controlled) {
  return (
    <DatePicker
      id={id}
      value={value && dayjs(value, DAY).isValid() ? dayjs(value, DAY) : null}
      onChange={(next) => onChange(next ? next.format(DAY) : '')}
      format={['D MMM YYYY', 'DD.MM.YYYY', 'D.M.YYYY', DAY]}
      style={{ width: '100%' }}
    />
  )
}

function OneTerm({ id, value, onChange, dictionary, label }: Controlled & { dictionary: string; label: string }) {
  return (
    <TermPicker
      id={id}
      many={false}
      dictionary={dictionary}
      label={label}
      placeholder=""
      value={value ? [value] : []}
      change={(next) => onChange?.(next[0] ?? '')}
    />
  )
}

interface Attributes {
  catalogue: readonly Attribute[]
  help?(key: string): ReactNode
  /** Whether the first field takes the focus. */
  first?: boolean
}

export function AttributeFields({ catalogue, help, first }: Attributes) {
  const title = useAttributeTitle(catalogue)
  return (
    <div className="fields">
      {catalogue.map((attribute, place) => {
        const key = attribute.key ?? ''
        return (
          <Form.Item key={key} name={['attributes', key]} label={title(key)} extra={help?.(key)}>
            <ValueInput attribute={attribute} label={title(key)} autoFocus={first && place === 0} />
          </Form.Item>
        )
      })}
    </div>
  )
}

/** `but` is the person who is being edited. */
export function ContactFields({ but }: { but?: string }) {
  const { t } = useTranslation()
  return (
    <Form.List name="contacts">
      {(fields, { add, remove }) => (
        <div className="rows">
          {fields.map(({ key, name }) => (
            <div key={key} className="row-fields">
              <Form.Item name={[name, 'kind']} noStyle>
                <Select
                  aria-label={t('clients.form.contactKind')}
                  options={KINDS.map((kind) => ({ value: kind, label: t(`people.contacts.${kind}`) }))}
                  style={{ width: 140 }}
                />
              </Form.Item>
              <div className="grow">
                <Form.Item name={[name, 'value']} rules={[{ required: true, message: t('faults.REQUIRED') }]}>
                  <Input aria-label={t('clients.form.contactValue')} autoComplete="off" autoFocus />
                </Form.Item>
                <Form.Item noStyle dependencies={[['contacts', name]]}>
                  {({ getFieldValue }) => {
                    const point = getFieldValue(['contacts', name]) as Point | undefined
                    return <Holders kind={point?.kind ?? ''} value={point?.value ?? ''} but={but} />
                  }}
                </Form.Item>
              </div>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                onClick={() => remove(name)}
                aria-label={t('clients.form.removeContact')}
              />
            </div>
          ))}
          <Button icon={<PlusOutlined />} onClick={() => add({ kind: 'email', value: '' })}>
            {t('clients.form.addContact')}
          </Button>
        </div>
      )}
    </Form.List>
  )
}

export function PlaceFields() {
  const { t } = useTranslation()
  return (
    <Form.List name="affiliations">
      {(fields, { add, remove }) => (
        <div className="rows">
          {fields.map(({ key, name }) => (
            <PlaceRow key={key} name={name} remove={() => remove(name)} />
          ))}
          <Button icon={<PlusOutlined />} onClick={() => add({})}>
            {t('clients.form.addPlace')}
          </Button>
        </div>
      )}
    </Form.List>
  )
}

function PlaceRow({ name, remove }: { name: number; remove(): void }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  const label = (key: string) => t(`clients.places.${key}`)
  const term = (key: string, dictionary: string) => (
    <Form.Item name={[name, key]} label={label(key)}>
      <OneTerm dictionary={dictionary} label={label(key)} />
    </Form.Item>
  )
  return (
    <fieldset className="place-fields">
      <div className="fields">
        <Form.Item name={[name, 'organisation']} label={label('organisation')}>
          <OneOrganisation
            label={label('organisation')}
            named={(found) => form.setFieldValue(['affiliations', name, 'organisation_name'], found)}
          />
        </Form.Item>
        <Form.Item name={[name, 'organisation_name']} label={label('organisation_name')}>
          <Input maxLength={300} dir="auto" />
        </Form.Item>
        {term('specialty', 'specialties')}
        {term('position', 'positions')}
        {term('city', 'cities')}
        {term('region', 'regions')}
        <Form.Item name={[name, 'schedule']} label={label('schedule')}>
          <Input maxLength={200} dir="auto" />
        </Form.Item>
        <Form.Item name={[name, 'role']} label={label('role')}>
          <Input maxLength={200} dir="auto" />
        </Form.Item>
        <Form.Item name={[name, 'start_date']} label={label('start_date')}>
          <DayInput />
        </Form.Item>
        <Form.Item name={[name, 'end_date']} label={label('end_date')}>
          <DayInput />
        </Form.Item>
      </div>
      <Button type="text" size="small" icon={<DeleteOutlined />} onClick={remove}>
        {t('clients.form.removePlace')}
      </Button>
    </fieldset>
  )
}

function OneOrganisation({
  id,
  value,
  onChange,
  label,
  named,
}: Controlled & { label: string; named(name: string): void }) {
  return (
    <OrganisationPicker
      id={id}
      many={false}
      label={label}
      placeholder=""
      value={value ? [value] : []}
      change={(next) => onChange?.(next[0] ?? '')}
      chosen={(found) => found && named(found.name)}
    />
  )
}
