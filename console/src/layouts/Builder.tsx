/** The builder: canvas in the middle, properties and the live effect on the right, undo, redo, saved by itself. */
import './builder.css'
import { RedoOutlined, UndoOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from '@/ui/keys'
import { useSentence } from '@/ui/states'
import { Moment } from '@/ui/words'

export interface Saved {
  time?: string
  saving: boolean
  failure?: unknown
}

interface Props {
  /** What is built, for the page's own heading: the head may be a field. */
  title: string
  head: ReactNode
  /** Count, reach, losses: always in view. */
  effect: ReactNode
  /** Of what is chosen on the canvas. */
  properties?: ReactNode
  saved?: Saved
  actions?: ReactNode
  undo?(): void
  redo?(): void
  canUndo?: boolean
  canRedo?: boolean
  children: ReactNode
}

export function BuilderLayout({
  title,
  head,
  effect,
  properties,
  saved,
  actions,
  undo,
  redo,
  canUndo,
  canRedo,
  children,
}: Props) {
  const { t } = useTranslation()
  useKeys([
    { key: 'mod+z', word: t('layouts.builder.undo'), off: !undo || !canUndo, act: () => undo?.() },
    { key: 'mod+shift+z', word: t('layouts.builder.redo'), off: !redo || !canRedo, act: () => redo?.() },
  ])
  return (
    <div className="page builder">
      <h1 className="unseen">{title}</h1>
      <header className="page-head">
        {head}
        {saved ? <SavedWord saved={saved} /> : null}
        <div className="actions">
          {undo ? (
            <Tooltip title={`${t('layouts.builder.undo')} · Ctrl + Z`}>
              <Button
                icon={<UndoOutlined />}
                disabled={!canUndo}
                onClick={undo}
                aria-label={t('layouts.builder.undo')}
              />
            </Tooltip>
          ) : null}
          {redo ? (
            <Tooltip title={`${t('layouts.builder.redo')} · Ctrl + Shift + Z`}>
              <Button
                icon={<RedoOutlined />}
                disabled={!canRedo}
                onClick={redo}
                aria-label={t('layouts.builder.redo')}
              />
            </Tooltip>
          ) : null}
          {actions}
        </div>
      </header>
      <div className="builder-body">
        <section className="builder-canvas" aria-label={t('layouts.builder.canvas')}>
          {children}
        </section>
        <aside className="builder-side" aria-label={t('layouts.builder.side')}>
          <section className="paper" aria-label={t('layouts.builder.effect')}>
            {effect}
          </section>
          {properties ? (
            <section className="paper" aria-label={t('layouts.builder.properties')}>
              {properties}
            </section>
          ) : null}
        </aside>
      </div>
    </div>
  )
}

function SavedWord({ saved }: { saved: Saved }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  if (saved.failure) {
    return (
      <span className="bad" role="alert">
        {t('layouts.builder.unsaved')}: {sentence(saved.failure).title}
      </span>
    )
  }
  return (
    <span className="soft" role="status">
      {saved.saving ? (
        t('layouts.builder.saving')
      ) : saved.time ? (
        <>
          {t('layouts.builder.saved')} <Moment time={saved.time} relative />
        </>
      ) : null}
    </span>
  )
}
