/** What `?` shows: the keys of the present screen. */
import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys, useKnownKeys } from './keys'

const SIGNS: Record<string, string> = { ' ': '␣', Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓', Enter: 'Enter' }

/** Return how a key is written on a keyboard. */
export function signOf(key: string): string {
  return key
    .split('+')
    .map((each) => (each === 'mod' ? 'Ctrl' : each === 'shift' ? 'Shift' : (SIGNS[each] ?? each.toUpperCase())))
    .join(' + ')
}

export function Keys() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const known = useKnownKeys()
  useKeys([{ key: '?', word: t('layouts.keys.this'), act: () => setOpen(true) }])
  return (
    <Modal open={open} onCancel={() => setOpen(false)} footer={null} title={t('layouts.keys.title')} width={420}>
      <dl className="keys">
        {known.map((each) => (
          <div key={each.key}>
            <dt>
              <kbd>{signOf(each.key)}</kbd>
            </dt>
            <dd>{each.word}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
