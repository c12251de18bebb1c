/**
 * A table of many thousand rows of which only those in view exist, for cells that are looked at and mended one by one.
 *
 * Promise: 10,000 rows scroll without a pause; rows may come in parts (`rowAt` answers undefined until then, `onSeen`
 * says which are wanted). The arrows lead from cell to cell, Home, End and the page keys go far, Enter acts on the cell.
 */
import './virtual.css'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef, useState } from 'react'

const ROW = 36
const BESIDE = 8 // rows drawn beyond the edges, so that a quick wheel shows no gap

export interface VirtualColumn {
  key: string
  title: ReactNode
  /** Pixels. */
  width: number
  figures?: boolean
}

interface Props<T> {
  label: string
  /** The first column stays in view. */
  columns: readonly VirtualColumn[]
  count: number
  rowAt(index: number): T | undefined
  cell(row: T, column: VirtualColumn, index: number): ReactNode
  /** What the cell's look says, such as 'wrong'. */
  lookOf?(row: T, column: VirtualColumn): string | undefined
  onSeen?(from: number, to: number): void
  /** Enter or a double click on a cell. */
  onAct?(row: T, column: VirtualColumn, index: number): void
  /** Pixels; the parent's height when absent. */
  height?: number
}

interface Place {
  row: number
  column: number
}

/** Return where a key leads from a cell, within the table; null when it leads nowhere. */
export function stepOf(key: string, far: boolean, at: Place, last: Place, page: number): Place | null {
  const { row, column } = at
  const to = (nextRow: number, nextColumn: number) => ({
    row: Math.min(Math.max(nextRow, 0), last.row),
    column: Math.min(Math.max(nextColumn, 0), last.column),
  })
  switch (key) {
    case 'ArrowDown':
      return to(row + 1, column)
    case 'ArrowUp':
      return to(row - 1, column)
    case 'ArrowRight':
      return to(row, column + 1)
    case 'ArrowLeft':
      return to(row, column - 1)
    case 'PageDown':
      return to(row + page, column)
    case 'PageUp':
      return to(row - page, column)
    case 'Home':
      return to(far ? 0 : row, 0)
    case 'End':
      return to(far ? last.row : row, last.column)
    default:
      return null
  }
}

export function VirtualTable<T>(props: Props<T>) {
  const { columns, count, rowAt, onSeen, onAct, height } = props
  const place = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<Place>({ row: 0, column: 0 })
  const wanted = useRef(false)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => place.current,
    estimateSize: () => ROW,
    overscan: BESIDE,
    useFlushSync: false,
    scrollPaddingStart: ROW,
  })
  const drawn = rows.getVirtualItems()
  const from = drawn[0]?.index ?? 0
  const to = drawn.at(-1)?.index ?? 0
  const seen = useRef(onSeen)
  seen.current = onSeen
  useEffect(() => {
    if (count > 0) seen.current?.(from, to)
  }, [from, to, count])
  useEffect(() => {
    if (!wanted.current) return
    const cell = place.current?.querySelector<HTMLElement>(`[data-row="${at.row}"][data-column="${at.column}"]`)
    if (!cell) return
    wanted.current = false
    if (cell.contains(document.activeElement) && cell !== document.activeElement) return
    cell.focus({ preventScroll: true })
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })

  const pressed = (event: KeyboardEvent) => {
    const { row, column } = at
    // Inside of a field its own keys work.
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) {
      // When they end the editing, the field is gone at the next look and its cell takes the focus.
      wanted.current = event.key === 'Enter' || event.key === 'Escape'
      return
    }
    if (event.key === 'Enter') {
      const [there, shown] = [rowAt(row), columns[column]]
      if (there !== undefined && shown) onAct?.(there, shown, row)
    } else {
      const page = Math.max(Math.floor((place.current?.clientHeight ?? 0) / ROW) - 2, 1)
      const next = stepOf(
        event.key,
        event.ctrlKey || event.metaKey,
        at,
        { row: count - 1, column: columns.length - 1 },
        page,
      )
      if (!next) return
      wanted.current = true
      rows.scrollToIndex(next.row)
      setAt(next)
    }
    event.preventDefault()
    event.stopPropagation()
  }
  const width = columns.reduce((sum, each) => sum + each.width, 0)
  const template = columns.map((each) => `${each.width}px`).join(' ')
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot lay out rows that do not exist
    <div
      ref={place}
      className="virtual"
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      style={height ? { height } : undefined}
      onKeyDown={pressed}
      tabIndex={count === 0 ? 0 : -1}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the cells take the focus, not the row */}
      <div className="virtual-head" role="row" aria-rowindex={1} style={{ width, gridTemplateColumns: template }}>
        {columns.map((each) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div key={each.key} role="columnheader" className={each.figures ? 'figures' : undefined}>
            {each.title}
          </div>
        ))}
      </div>
      <div className="virtual-rows" role="presentation" style={{ width, height: rows.getTotalSize() }}>
        {drawn.map((item) => (
          <Row
            key={item.key}
            index={item.index}
            start={item.start}
            row={rowAt(item.index)}
            columns={columns}
            template={template}
            cell={props.cell}
            lookOf={props.lookOf}
            at={
              at.row === item.index
                ? at.column
                : drawn.some((each) => each.index === at.row)
                  ? -1
                  : item.index === from
                    ? 0
                    : -1
            }
            onAt={(column) => setAt({ row: item.index, column })}
            onAct={onAct}
          />
        ))}
      </div>
    </div>
  )
}

interface RowProps<T> extends Pick<Props<T>, 'columns' | 'cell' | 'lookOf' | 'onAct'> {
  index: number
  start: number
  row: T | undefined
  template: string
  /** Column of the cell that the keyboard reaches, -1 for none. */
  at: number
  onAt(column: number): void
}

function RowOf<T>({ index, start, row, columns, template, cell, lookOf, at, onAt, onAct }: RowProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that do not exist need no table
    // biome-ignore lint/a11y/useFocusableInteractive: the cells take the focus
    <div
      className="virtual-row"
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${start}px)`, gridTemplateColumns: template }}
    >
      {columns.map((column, place) => {
        const look = row === undefined ? undefined : lookOf?.(row, column)
        const name = [look ? `look-${look}` : '', column.figures ? 'figures' : ''].join(' ').trim()
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            key={column.key}
            role="gridcell"
            className={name || undefined}
            aria-invalid={look === 'wrong' ? true : undefined}
            data-row={index}
            data-column={place}
            tabIndex={at === place ? 0 : -1}
            onFocus={() => onAt(place)}
            onDoubleClick={() => row !== undefined && onAct?.(row, column, index)}
          >
            {row === undefined ? <i className="virtual-wait" aria-hidden /> : cell(row, column, index)}
          </div>
        )
      })}
    </div>
  )
}

/** A row is drawn again when what it shows has changed, not when its neighbours scroll. */
const Row = memo(RowOf, (before, after) =>
  (['index', 'start', 'row', 'columns', 'template', 'cell', 'lookOf', 'at'] as const).every(
    (key) => before[key] === after[key],
  ),
) as typeof RowOf
