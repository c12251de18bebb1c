/** The queue: one case at a time beside the next ones, decided by one key, with undo for the last decisions. */
import './queue.css'
import { UndoOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { signOf } from '@/ui/Keys'
import { useKeys } from '@/ui/keys'
import { Shape } from '@/ui/Shape'

export interface QueueItem {
  key: string
  title: ReactNode
  note?: ReactNode
}

export interface Decision {
  /** One letter. */
  key: string
  label: string
  act(): void
  main?: boolean
  danger?: boolean
  disabled?: boolean
}

interface Props {
  title: string
  done: number
  total: number
  /** The present case and the next ones. */
  items: readonly QueueItem[]
  at: string | null
  go(key: string): void
  current: ReactNode
  decide: readonly Decision[]
  /** Takes back the last decision. */
  undo?: { label: string; act(): void }
  busy?: boolean
  /** The next ones are still being asked for. */
  loading?: boolean
  actions?: ReactNode
}

export function QueueLayout(props: Props) {
  const { items, at, go, decide, undo, busy, done, total } = props
  const { t } = useTranslation()
  const { number } = useFormat()
  const place = items.findIndex((item) => item.key === at)
  const move = (by: number) => {
    const next = items[Math.min(Math.max(place + by, 0), items.length - 1)]
    if (next) go(next.key)
  }
  useKeys([
    ...decide.map((each) => ({
      key: each.key,
      word: each.label,
      off: busy || each.disabled || place < 0,
      act: each.act,
    })),
    { key: 'j', word: t('layouts.keys.next'), act: () => move(1) },
    { key: 'k', word: t('layouts.keys.previous'), act: () => move(-1) },
    { key: 'u', word: undo?.label ?? t('layouts.queue.undo'), off: !undo || busy, act: () => undo?.act() },
  ])
  return (
    <div className="page queue">
      <header className="page-head">
        <h1>{props.title}</h1>
        {total === 0 ? null : (
          <span className="figure">{t('layouts.queue.progress', { done: number(done), total: number(total) })}</span>
        )}
        {total === 0 ? null : (
          <Progress
            className="queue-progress"
            percent={(done / total) * 100}
            showInfo={false}
            size="small"
            aria-label={t('layouts.queue.progress', { done: number(done), total: number(total) })}
          />
        )}
        <div className="actions">{props.actions}</div>
      </header>
      <div className={items.length > 0 || props.loading ? 'queue-body' : 'queue-body queue-over'}>
        {items.length > 0 || props.loading ? (
          <nav className="paper queue-next" aria-label={t('layouts.queue.next')}>
            <ol>
              {props.loading && items.length === 0 ? <Waiting /> : null}
              {items.map((item) => (
                <li key={item.key}>
                  <button
                    type="button"
                    aria-current={item.key === at ? 'true' : undefined}
                    onClick={() => go(item.key)}
                  >
                    <span>{item.title}</span>
                    {item.note ? <small className="soft">{item.note}</small> : null}
                  </button>
                </li>
              ))}
            </ol>
          </nav>
        ) : null}
        <section className="paper queue-case" aria-label={t('layouts.queue.case')}>
          <div className="queue-current">{props.current}</div>
          {place >= 0 ? (
            <footer className="queue-decide">
              {decide.map((each) => (
                <Button
                  key={each.key}
                  type={each.main ? 'primary' : 'default'}
                  danger={each.danger}
                  disabled={busy || each.disabled}
                  onClick={each.act}
                  aria-keyshortcuts={each.key}
                >
                  {each.label} <kbd>{signOf(each.key)}</kbd>
                </Button>
              ))}
              {undo ? (
                <Button type="text" icon={<UndoOutlined />} disabled={busy} onClick={undo.act} aria-keyshortcuts="u">
                  {undo.label} <kbd>U</kbd>
                </Button>
              ) : null}
            </footer>
          ) : null}
        </section>
      </div>
    </div>
  )
}

function Waiting() {
  return (
    <li aria-hidden>
      <Shape rows={8} />
    </li>
  )
}
