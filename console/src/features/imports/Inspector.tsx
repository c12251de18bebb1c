/** What is to be said of the cell one stands on: what was written, what was taken, why, and what can be done. */
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Cell, Row } from '@/api/schema'
import { Failure } from '@/ui/states'
import { isFinding } from './cells'
import { useReason } from './useReason'

/** The reason of a row that is taken all the same. */
const LEFT_OUT = 'CELLS_BEYOND_HEADER'

interface Props {
  row: Row | undefined
  cell: Cell | undefined
  /** What its column is taken as. */
  target: string
  suggestion: string
  busy: boolean
  failure: unknown
  /** Take what was suggested, here or wherever the same is written. */
  accept(everywhere: boolean): void
  /** Absent when nothing can be changed here. */
  edit?(): void
  next(): void
}

export function Inspector({ row, cell, target, suggestion, busy, failure, accept, edit, next }: Props) {
  const { t } = useTranslation()
  const reason = useReason()
  if (!row) return <div className="inspector" aria-busy="true" />
  return (
    <section className="inspector" aria-label={t('imports.inspector.title')} aria-live="polite" aria-busy={busy}>
      <div className="inspector-text">
        <div className="soft">
          {t('imports.inspector.place', { row: row.row })}
          {cell ? (
            <>
              {' · '}
              <bdi>{cell.column}</bdi> → {target || t('imports.columns.leftOut')}
            </>
          ) : null}
        </div>
        {cell ? (
          <div className="inspector-value">
            <bdi>{cell.value || t('imports.inspector.empty')}</bdi>
            {cell.verdict === 'corrected' && cell.suggestion ? (
              <>
                {' → '}
                <strong>
                  <bdi>{cell.suggestion}</bdi>
                </strong>
              </>
            ) : null}
          </div>
        ) : null}
        {cell?.reason ? (
          <div className={`verdict-${cell.verdict}`}>
            {reason(cell.reason)}
            {suggestion ? (
              <>
                {' '}
                {t('imports.inspector.meant')} <bdi>{suggestion}</bdi>
              </>
            ) : null}
          </div>
        ) : null}
        {row.reasons.map((each) =>
          each === LEFT_OUT ? (
            <div key={each} className="verdict-warning">
              {reason(each)}
            </div>
          ) : (
            <div key={each} className="verdict-refused">
              {t('imports.inspector.rowRefused')} {reason(each)}
            </div>
          ),
        )}
        {failure && !busy ? <Failure failure={failure} small /> : null}
      </div>
      <div className="inspector-acts">
        {suggestion ? (
          <>
            <Button type="primary" onClick={() => accept(false)} loading={busy} aria-keyshortcuts="a">
              {t('imports.inspector.accept')} <kbd>A</kbd>
            </Button>
            <Button onClick={() => accept(true)} disabled={busy} aria-keyshortcuts="Shift+A">
              {t('imports.inspector.acceptAll')} <kbd>⇧A</kbd>
            </Button>
          </>
        ) : null}
        {edit ? (
          <Button onClick={edit} disabled={busy} aria-keyshortcuts="e" type={isFinding(cell) ? 'default' : 'text'}>
            {t('imports.inspector.edit')} <kbd>E</kbd>
          </Button>
        ) : null}
        <Button type="text" onClick={next} aria-keyshortcuts="n">
          {t('imports.inspector.next')} <kbd>N</kbd>
        </Button>
      </div>
    </section>
  )
}
