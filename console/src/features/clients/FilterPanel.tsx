/** The panel that sets filters, all at once in view; each change is in the address and in the list at once. */
import { FilterOutlined } from '@ant-design/icons'
import { Button, Popover, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useBases } from '@/ui/known'
import { Failure } from '@/ui/states'
import { OrganisationPicker, SegmentPicker, TermPicker, usePurposeWord } from '@/ui/terms'
import { FIXED, type FilterKey, type Filters } from './filters'
import { useKnownPurposes } from './purposes'
import { useCode } from './words'

interface Props {
  filters: Filters
  set(next: Partial<Filters>): void
}

/** Return how to say a value of a filter that is the same everywhere. */
export function useFixedWord(): (key: FilterKey, value: string) => string {
  const { t } = useTranslation()
  const code = useCode()
  return (key, value) => {
    if (key === 'consent') return t(`clients.filters.consents.${value}`)
    if (key === 'channel' || key === 'consent_channel') return code('channels', value)
    return code(key === 'status' ? 'states' : 'kinds', value)
  }
}

export function FilterPanel({ filters, set }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={<Panel filters={filters} set={set} />}
    >
      <Button icon={<FilterOutlined />} aria-expanded={open}>
        {t('clients.filters.add')}
      </Button>
    </Popover>
  )
}

function Panel({ filters, set }: Props) {
  const { t } = useTranslation()
  const bases = useBases()
  const purposes = useKnownPurposes()
  const purpose = usePurposeWord()
  const word = useFixedWord()
  const label = (key: FilterKey) => t(`clients.filters.${key}`)
  const fixed = (key: keyof typeof FIXED) => (
    <Labelled key={key} label={label(key)}>
      <Choice
        label={label(key)}
        value={filters[key]}
        change={(value) => set({ [key]: value })}
        options={FIXED[key].map((value) => ({ value, label: word(key, value) }))}
      />
    </Labelled>
  )
  const term = (key: FilterKey, dictionary: string, autoFocus = false) => (
    <Labelled label={label(key)}>
      <TermPicker
        dictionary={dictionary}
        label={label(key)}
        placeholder={t('clients.filters.any')}
        value={[...filters[key]]}
        change={(value) => set({ [key]: value })}
        autoFocus={autoFocus}
      />
    </Labelled>
  )
  return (
    <div className="filter-panel" role="dialog" aria-label={t('clients.filters.add')}>
      <section>
        <h2>{t('clients.filters.work')}</h2>
        {term('specialty', 'specialties', true)}
        {term('position', 'positions')}
        <Labelled label={label('organisation')}>
          <OrganisationPicker
            label={label('organisation')}
            placeholder={t('clients.filters.any')}
            value={[...filters.organisation]}
            change={(value) => set({ organisation: value })}
          />
        </Labelled>
        {term('region', 'regions')}
        {term('city', 'cities')}
      </section>
      <section>
        <h2>{t('clients.filters.contact')}</h2>
        {fixed('channel')}
        {fixed('consent')}
        {fixed('consent_channel')}
        <Labelled label={label('consent_purpose')}>
          <Choice
            label={label('consent_purpose')}
            value={filters.consent_purpose}
            change={(value) => set({ consent_purpose: value })}
            options={purposes.values.map((value) => ({ value, label: purpose(value) }))}
          />
          {purposes.failure ? <Failure failure={purposes.failure} again={purposes.again} small /> : null}
        </Labelled>
      </section>
      <section>
        <h2>{t('clients.filters.who')}</h2>
        {bases.length > 1 ? (
          <Labelled label={label('base')}>
            <Choice
              label={label('base')}
              value={filters.base}
              change={(value) => set({ base: value })}
              options={bases.map((base) => ({ value: base.key, label: base.title }))}
            />
          </Labelled>
        ) : null}
        <Labelled label={label('segment')}>
          <SegmentPicker
            label={label('segment')}
            placeholder={t('clients.filters.any')}
            value={[...filters.segment]}
            change={(value) => set({ segment: value })}
          />
        </Labelled>
        {fixed('status')}
        {fixed('kind')}
      </section>
    </div>
  )
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="labelled">
      <span className="soft" aria-hidden>
        {label}
      </span>
      {children}
    </div>
  )
}

interface ChoiceProps {
  label: string
  value: readonly string[]
  change(value: string[]): void
  options: { value: string; label: string }[]
}

function Choice({ label, value, change, options }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <Select
      mode="multiple"
      aria-label={label}
      placeholder={t('clients.filters.any')}
      value={[...value]}
      onChange={change}
      options={options}
      optionFilterProp="label"
      maxTagCount="responsive"
      allowClear
      style={{ width: '100%' }}
    />
  )
}
