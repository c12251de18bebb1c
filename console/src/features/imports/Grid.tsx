// biome-ignore-all lint/a11y/useSemanticElements: only what is seen is drawn, placed by hand, which a table cannot be
/**
 * Rows of a file with a verdict in every cell: a grid of any length and width, of which only what is seen is drawn.
 *
 * Promise: moves by keys and by mouse alike; a row that is not loaded yet keeps its place; what a cell holds is text and
 * nothing else.
 */
import { CheckOutlined, CloseCircleFilled, EditOutlined, WarningFilled } from '@ant-design/icons'
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cell, Row } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { type Place, shownOf } from './cells'

const ROW = 32
const HEAD = 176

export interface GridColumn {
  header: string
  /** What it is taken as, in the reader's words; empty when it is left out. */
  target: string
  width: number
}

export interface GridProps {
  label: string
  columns: readonly GridColumn[]
  rows: readonly (Row | undefined)[]
  total: number
  active: Place
  onActive(place: Place): void
  /** Text of the cell that is being edited; `null` when none is. */
  editing: string | null
  onEditing(text: string | null): void
  /** Save what was typed, here or wherever the same is written, then go on: down after Enter, aside after Tab. */
  onSave(key: 'Enter' | 'Tab', everywhere: boolean): void
  /** Row whose correction is under way. */
  busy: number | null
  /** Rows up to this place are looked at now. */
  onSeen(last: number, page: number): void
  onKey(event: KeyboardEvent): void
  head(row: Row): ReactNode
}

export function Grid(props: GridProps) {
  const { columns, rows, total, active, onSeen } = props
  const { t } = useTranslation()
  const { number } = useFormat()
  const frame = useRef<HTMLDivElement>(null)
  const down = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
    // The head stays on top and takes its height of what is seen.
    scrollPaddingEnd: ROW,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => frame.current,
    estimateSize: (place) => columns[place]?.width ?? 120,
    overscan: 3,
    scrollPaddingEnd: HEAD,
  })
  const seen = down.getVirtualItems()
  const cells = across.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  const page = Math.max(Math.floor((frame.current?.clientHeight ?? 0) / ROW) - 2, 1)
  useEffect(() => onSeen(last, page), [last, page, onSeen])
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are measured anew when the columns change
  useEffect(() => across.measure(), [columns])
  useEffect(() => {
    down.scrollToIndex(active.row)
    if (active.column >= 0) across.scrollToIndex(active.column)
  }, [active, down, across])
  const typing = props.editing !== null
  useEffect(() => {
    // The keyboard stands here from the start, and again once a cell is left.
    if (!typing) frame.current?.focus({ preventScroll: true })
  }, [typing])
  const width = across.getTotalSize() + HEAD
  return (
    <div
      ref={frame}
      className="sheet"
      role="grid"
      aria-label={props.label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={`cell-${active.row}-${active.column}`}
      tabIndex={0}
      onKeyDown={props.onKey}
    >
      <div className="sheet-head" role="row" tabIndex={-1} aria-rowindex={1} style={{ width }}>
        <div className="sheet-row-head" role="columnheader" tabIndex={-1} style={{ width: HEAD }}>
          <span className="figure">{t('imports.rows.found', { count: total, number: number(total) })}</span>
        </div>
        {cells.map((place) => (
          <div
            key={place.key}
            role="columnheader"
            tabIndex={-1}
            aria-colindex={place.index + 2}
            className={columns[place.index]?.target ? 'sheet-title' : 'sheet-title sheet-left-out'}
            style={{ width: place.size, left: HEAD + place.start }}
            title={`${columns[place.index]?.header} · ${columns[place.index]?.target || t('imports.columns.leftOut')}`}
          >
            <span dir="auto">{columns[place.index]?.header}</span>
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: down.getTotalSize(), width, position: 'relative' }}>
        {seen.map((item) => (
          <Line
            key={item.index}
            row={rows[item.index]}
            place={item.index}
            top={item.start}
            width={width}
            cells={cells}
            columns={columns}
            active={item.index === active.row ? active.column : null}
            editing={item.index === active.row ? props.editing : null}
            busy={rows[item.index]?.row === props.busy && props.busy !== null}
            grid={props}
          />
        ))}
      </div>
    </div>
  )
}

interface LineProps {
  row: Row | undefined
  place: number
  top: number
  width: number
  cells: readonly VirtualItem[]
  columns: readonly GridColumn[]
  active: number | null
  editing: string | null
  busy: boolean
  grid: GridProps
}

/** One row; drawn anew only when something of it changed, not at every step of a scroll. */
const Line = memo(
  function Line({ row, place, top, width, cells, columns, active, editing, busy, grid }: LineProps) {
    return (
      <div
        className={`sheet-row${busy ? ' sheet-busy' : ''}`}
        role="row"
        tabIndex={-1}
        aria-rowindex={place + 2}
        aria-busy={busy || !row || undefined}
        style={{ transform: `translateY(${top}px)`, width }}
      >
        <div
          id={`cell-${place}--1`}
          className={`sheet-row-head${active === -1 ? ' sheet-active' : ''}`}
          role="rowheader"
          tabIndex={-1}
          style={{ width: HEAD }}
        >
          {row ? grid.head(row) : <span className="sheet-waiting" />}
        </div>
        {cells.map(({ index, key, size, start }) => {
          const cell = row?.cells[index]
          const here = active === index
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself listens to keys
            <div
              key={key}
              id={`cell-${place}-${index}`}
              role="gridcell"
              tabIndex={-1}
              aria-colindex={index + 2}
              aria-selected={here}
              className={classOf(cell, here, !columns[index]?.target)}
              style={{ width: size, left: HEAD + start }}
              onClick={() => grid.onActive({ row: place, column: index })}
              onDoubleClick={() => cell && grid.onEditing(cell.value)}
            >
              {here && editing !== null ? (
                <Editor text={editing} label={columns[index]?.header ?? ''} grid={grid} />
              ) : cell ? (
                <Shown cell={cell} />
              ) : row ? null : (
                <span className="sheet-waiting" />
              )}
            </div>
          )
        })}
      </div>
    )
  },
  (before, after) =>
    before.row === after.row &&
    before.top === after.top &&
    before.active === after.active &&
    before.editing === after.editing &&
    before.busy === after.busy &&
    before.columns === after.columns &&
    before.cells === after.cells &&
    before.width === after.width &&
    (after.active === null || before.grid === after.grid),
)

function classOf(cell: Cell | undefined, here: boolean, leftOut: boolean): string {
  const verdict = cell?.verdict && cell.verdict !== 'ok' ? ` sheet-${cell.verdict}` : ''
  return `sheet-cell${verdict}${here ? ' sheet-active' : ''}${leftOut ? ' sheet-left-out' : ''}`
}

function Shown({ cell }: { cell: Cell }) {
  return (
    <>
      {cell.verdict === 'refused' ? <CloseCircleFilled aria-hidden /> : null}
      {cell.verdict === 'warning' ? <WarningFilled aria-hidden /> : null}
      {cell.verdict === 'corrected' ? <CheckOutlined aria-hidden /> : null}
      <bdi>{shownOf(cell).slice(0, 300)}</bdi>
    </>
  )
}

function Editor({ text, label, grid }: { text: string; label: string; grid: GridProps }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.select(), [])
  const typed = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault()
      grid.onSave(event.key, event.ctrlKey || event.metaKey)
    } else if (event.key === 'Escape') grid.onEditing(null)
  }
  return (
    <>
      <EditOutlined aria-hidden />
      <input
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: it opens because somebody asked to type here
        autoFocus
        dir="auto"
        value={text}
        maxLength={4096}
        aria-label={t('imports.rows.edit', { column: label })}
        onChange={(event) => grid.onEditing(event.target.value)}
        onKeyDown={typed}
      />
    </>
  )
}
