/** Filters that are on: each says what it holds and is taken off by its cross. */
import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

export interface Chip {
  key: string
  /** What is filtered: "Specialty". */
  label: string
  /** Words of the chosen values. */
  value: string
  remove(): void
}

export function Chips({ chips, clear }: { chips: readonly Chip[]; clear?(): void }) {
  const { t } = useTranslation()
  if (chips.length === 0) return null
  return (
    <ul className="chips" aria-label={t('layouts.list.filters')}>
      {chips.map((chip) => (
        <li key={chip.key} className="chip">
          <span title={`${chip.label}: ${chip.value}`}>
            <span className="soft">{chip.label}:</span> {chip.value}
          </span>
          <button
            type="button"
            onClick={chip.remove}
            aria-label={t('layouts.list.removeFilter', { name: `${chip.label}: ${chip.value}` })}
          >
            <CloseOutlined aria-hidden />
          </button>
        </li>
      ))}
      {clear && chips.length > 1 ? (
        <li>
          <Button type="link" size="small" onClick={clear}>
            {t('layouts.list.clear')}
          </Button>
        </li>
      ) : null}
    </ul>
  )
}
