// biome-ignore-all lint/a11y/useSemanticElements: only what is seen is drawn, placed by hand, which a table cannot be
/**
 * A table of any length and width of which only what is seen is drawn, for cells that are looked at and mended in place.
 *
 * Promise: moves by keys and by mouse alike; rows may come in parts (`rowAt` answers undefined until then), and one that
 * is not there yet keeps its place; what a cell holds is text and nothing else.
 */
import './virtual.css'
import { CheckOutlined, CloseCircleFilled, EditOutlined, WarningFilled } from '@ant-design/icons'
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, useEffect, useRef } from 'react'
import { moved, type Place } from './place'

const ROW = 32
const LONGEST = 300 // letters of a cell that are drawn; the whole of it is where it is edited

export interface VirtualColumn {
  key: string
  title: string
  /** Pixels. */
  width: number
  /** More about it, on hover. */
  hint?: string
  /** Of no weight: a column that is left out. */
  quiet?: boolean
}

export interface VirtualCell {
  /** What is written there, and edited. */
  value: string
  /** What is shown, when that is another. */
  shown?: string
  look?: 'wrong' | 'doubt' | 'mended'
}

interface Props<T> {
  label: string
  columns: readonly VirtualColumn[]
  count: number
  rowAt(index: number): T | undefined
  cellOf(row: T, column: number): VirtualCell | undefined
  /** The head of each row, which stays in view; column -1. */
  head: { title: ReactNode; width: number; of(row: T): ReactNode }
  active: Place
  onActive(place: Place): void
  /** Text of the cell that is being edited; `null` when none is. */
  editing: string | null
  /** Somebody wants to edit the active cell, has typed, or (`null`) leaves it as it was. */
  onEditing(text: string | null): void
  /** Save what was typed, here or wherever the same is written, then go on: down after Enter, aside after Tab. */
  onSave(key: 'Enter' | 'Tab', everywhere: boolean): void
  /** How the field of a cell is called. */
  editWord(column: VirtualColumn): string
  /** Row whose change is under way. */
  busy?: number | null
  /** Rows up to this place are looked at now, so many at once. */
  onSeen?(last: number, page: number): void
}

export function VirtualTable<T>(props: Props<T>) {
  const { columns, count, rowAt, head, active, editing, onSeen } = props
  const frame = useRef<HTMLDivElement>(null)
  const down = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 12,
    useFlushSync: false,
    // The head stays on top and takes its height of what is seen.
    scrollPaddingEnd: ROW,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => frame.current,
    estimateSize: (place) => columns[place]?.width ?? 120,
    overscan: 3,
    useFlushSync: false,
    scrollPaddingEnd: head.width,
  })
  const seen = down.getVirtualItems()
  const cells = across.getVirtualItems()
  const last = seen.at(-1)?.index ?? 0
  const page = Math.max(Math.floor((frame.current?.clientHeight ?? 0) / ROW) - 2, 1)
  useEffect(() => onSeen?.(last, page), [last, page, onSeen])
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are measured anew when the columns change
  useEffect(() => across.measure(), [columns])
  useEffect(() => {
    down.scrollToIndex(active.row)
    if (active.column >= 0) across.scrollToIndex(active.column)
  }, [active, down, across])
  const typing = editing !== null
  useEffect(() => {
    // The keyboard stands here from the start, and again once a cell is left.
    if (!typing) frame.current?.focus({ preventScroll: true })
  }, [typing])
  const pressed = (event: KeyboardEvent) => {
    const name = `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.key}`
    // Letters are left to the screen: it has words for them.
    const next = name.length > 1 ? moved(active, name, { rows: count, columns: columns.length, page }) : null
    const row = rowAt(active.row)
    if (next) props.onActive(next)
    else if ((name === 'Enter' || name === 'F2') && row !== undefined) {
      const cell = props.cellOf(row, active.column)
      if (cell) props.onEditing(cell.value)
    } else return
    event.preventDefault()
  }
  const width = across.getTotalSize() + head.width
  return (
    <div
      ref={frame}
      className="virtual"
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={`cell-${active.row}-${active.column}`}
      tabIndex={0}
      onKeyDown={pressed}
    >
      <div className="virtual-head" role="row" tabIndex={-1} aria-rowindex={1} style={{ width }}>
        <div className="virtual-row-head" role="columnheader" tabIndex={-1} style={{ width: head.width }}>
          {head.title}
        </div>
        {cells.map(({ key, index, size, start }) => (
          <div
            key={key}
            role="columnheader"
            tabIndex={-1}
            aria-colindex={index + 2}
            className={columns[index]?.quiet ? 'virtual-title virtual-quiet' : 'virtual-title'}
            style={{ width: size, left: head.width + start }}
            title={columns[index]?.hint}
          >
            <span dir="auto">{columns[index]?.title}</span>
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: down.getTotalSize(), width, minWidth: '100%', position: 'relative' }}>
        {seen.map((item) => (
          <Line
            key={item.index}
            row={rowAt(item.index)}
            place={item.index}
            top={item.start}
            width={width}
            cells={cells}
            columns={columns}
            active={item.index === active.row ? active.column : null}
            editing={item.index === active.row ? editing : null}
            busy={item.index === props.busy}
            table={props}
          />
        ))}
      </div>
    </div>
  )
}

interface LineProps<T> {
  row: T | undefined
  place: number
  top: number
  width: number
  cells: readonly VirtualItem[]
  columns: readonly VirtualColumn[]
  active: number | null
  editing: string | null
  busy: boolean
  table: Props<T>
}

function LineOf<T>({ row, place, top, width, cells, columns, active, editing, busy, table }: LineProps<T>) {
  const { head } = table
  return (
    <div
      className={`virtual-row${busy ? ' virtual-busy' : ''}`}
      role="row"
      tabIndex={-1}
      aria-rowindex={place + 2}
      aria-busy={busy || row === undefined || undefined}
      style={{ transform: `translateY(${top}px)`, width }}
    >
      <div
        id={`cell-${place}--1`}
        className={`virtual-row-head${active === -1 ? ' virtual-active' : ''}`}
        role="rowheader"
        tabIndex={-1}
        style={{ width: head.width }}
      >
        {row === undefined ? <span className="virtual-waiting" /> : head.of(row)}
      </div>
      {cells.map(({ index, key, size, start }) => {
        const column = columns[index]
        const cell = row === undefined ? undefined : table.cellOf(row, index)
        const here = active === index
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the table itself listens to keys
          <div
            key={key}
            id={`cell-${place}-${index}`}
            role="gridcell"
            tabIndex={-1}
            aria-colindex={index + 2}
            aria-selected={here}
            aria-invalid={cell?.look === 'wrong' || undefined}
            className={classOf(cell, here, column?.quiet)}
            style={{ width: size, left: head.width + start }}
            onClick={() => table.onActive({ row: place, column: index })}
            onDoubleClick={() => cell && table.onEditing(cell.value)}
          >
            {here && editing !== null && column ? (
              <Editor text={editing} label={table.editWord(column)} table={table} />
            ) : cell ? (
              <Shown cell={cell} />
            ) : row === undefined ? (
              <span className="virtual-waiting" />
            ) : null}
          </div>
        )
      })}
    </div>
  )
}

/** One row; drawn anew only when something of it changed, not at every step of a scroll. */
const Line = memo(
  LineOf,
  (before, after) =>
    (['row', 'top', 'active', 'editing', 'busy', 'columns', 'cells', 'width'] as const).every(
      (key) => before[key] === after[key],
    ) &&
    before.table.cellOf === after.table.cellOf &&
    (after.active === null || before.table === after.table),
) as typeof LineOf

function classOf(cell: VirtualCell | undefined, here: boolean, quiet: boolean | undefined): string {
  const look = cell?.look ? ` look-${cell.look}` : ''
  return `virtual-cell${look}${here ? ' virtual-active' : ''}${quiet ? ' virtual-quiet' : ''}`
}

function Shown({ cell }: { cell: VirtualCell }) {
  return (
    <>
      {cell.look === 'wrong' ? <CloseCircleFilled aria-hidden /> : null}
      {cell.look === 'doubt' ? <WarningFilled aria-hidden /> : null}
      {cell.look === 'mended' ? <CheckOutlined aria-hidden /> : null}
      <bdi>{(cell.shown ?? cell.value).slice(0, LONGEST)}</bdi>
    </>
  )
}

interface EditorProps {
  text: string
  label: string
  table: Pick<Props<never>, 'onEditing' | 'onSave'>
}

function Editor({ text, label, table }: EditorProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.select(), [])
  const typed = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter' || event.key === 'Tab') {
      event.preventDefault()
      table.onSave(event.key, event.ctrlKey || event.metaKey)
    } else if (event.key === 'Escape') table.onEditing(null)
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
        aria-label={label}
        onChange={(event) => table.onEditing(event.target.value)}
        onKeyDown={typed}
      />
    </>
  )
}
