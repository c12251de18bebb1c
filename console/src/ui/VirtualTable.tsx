// biome-ignore-all lint/a11y/useSemanticElements: only what is seen is drawn, placed by hand, which a table cannot be
/**
 * A table of any length and width of which only what is seen is drawn, for cells that are looked at and mended in place.
 *
 * Promise: moves by keys and by mouse alike; rows may come in parts (`rowAt` answers undefined until then), and one that
 * is not there yet keeps its place; what a cell holds is text and nothing else. A row that leaves is drawn anew as the
 * one that comes, and costs a few plain elements.
 */
import './virtual.css'
import { EditOutlined } from '@ant-design/icons'
import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
} from 'react'
import { moved, type Place } from './place'
import { Sign } from './Sign'

const ROW = 32
/** Rows that are drawn above and below of what is seen. */
const AROUND = 12
/** Row and column 1 are the heads, and counting begins at 1. */
const FIRST = 2
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
    overscan: AROUND,
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
  const drawn = useMemo<Drawn[]>(
    () => cells.map(({ index, size, start }) => ({ index, style: { width: size, left: head.width + start } })),
    [cells, head.width],
  )
  const slots = Math.max(Math.ceil((down.scrollRect?.height ?? 0) / ROW) + 2 * AROUND + 2, seen.length)
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
  // Heads that need not stay in view are not kept there, which would be a layer for each.
  const sideways = width > (across.scrollRect?.width ?? 0)
  /** Return the cell that something is in; null for anything else, and for the field that is typed into. */
  const placeOf = (event: MouseEvent): Place | null => {
    const target = event.target as Element
    const cell = target.closest('[role=gridcell]')
    const row = cell?.parentElement
    if (!cell || !row || target.tagName === 'INPUT') return null
    return { row: Number(row.ariaRowIndex) - FIRST, column: Number(cell.ariaColIndex) - FIRST }
  }
  const clicked = (event: MouseEvent) => {
    const place = placeOf(event)
    if (place) props.onActive(place)
  }
  const twice = (event: MouseEvent) => {
    const place = placeOf(event)
    const row = place ? rowAt(place.row) : undefined
    const cell = place && row !== undefined ? props.cellOf(row, place.column) : undefined
    if (cell) props.onEditing(cell.value)
  }
  return (
    <div
      ref={frame}
      className={sideways ? 'virtual virtual-sideways' : 'virtual'}
      role="grid"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={`cell-${active.row}-${active.column}`}
      tabIndex={0}
      onKeyDown={pressed}
      onClick={clicked}
      onDoubleClick={twice}
    >
      <div className="virtual-head" role="row" tabIndex={-1} aria-rowindex={1} style={{ width }}>
        <div className="virtual-row-head" role="columnheader" tabIndex={-1} style={{ width: head.width }}>
          {head.title}
        </div>
        {drawn.map(({ index, style }) => (
          <div
            key={index}
            role="columnheader"
            tabIndex={-1}
            aria-colindex={index + FIRST}
            className={columns[index]?.quiet ? 'virtual-title virtual-quiet' : 'virtual-title'}
            style={style}
            title={columns[index]?.hint}
          >
            <span dir="auto">{columns[index]?.title}</span>
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: down.getTotalSize(), width, minWidth: '100%', position: 'relative' }}>
        {seen.map((item) => (
          <Line
            // A place of the window, not of the file.
            key={item.index % slots}
            row={rowAt(item.index)}
            place={item.index}
            top={item.start}
            width={width}
            cells={drawn}
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

/** A column that is drawn, and where. */
interface Drawn {
  index: number
  style: CSSProperties
}

interface LineProps<T> {
  row: T | undefined
  place: number
  top: number
  width: number
  cells: readonly Drawn[]
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
      aria-rowindex={place + FIRST}
      aria-busy={busy || row === undefined || undefined}
      style={{ transform: `translateY(${top}px)`, width }}
    >
      <div
        id={active === -1 ? `cell-${place}--1` : undefined}
        className={`virtual-row-head${active === -1 ? ' virtual-active' : ''}`}
        role="rowheader"
        tabIndex={-1}
        style={{ width: head.width }}
      >
        {row === undefined ? <span className="virtual-waiting" /> : head.of(row)}
      </div>
      {cells.map(({ index, style }) => {
        const column = columns[index]
        const cell = row === undefined ? undefined : table.cellOf(row, index)
        const here = active === index
        const typed = here && column ? editing : null
        return (
          <div
            key={index}
            id={here ? `cell-${place}-${index}` : undefined}
            role="gridcell"
            tabIndex={-1}
            aria-colindex={index + FIRST}
            aria-selected={here || undefined}
            aria-invalid={cell?.look === 'wrong' || undefined}
            className={classOf(cell, here, typed !== null, column?.quiet)}
            style={style}
          >
            {typed !== null && column ? (
              <Editor text={typed} label={table.editWord(column)} table={table} />
            ) : cell ? (
              <>
                {cell.look ? <Sign of={cell.look} /> : null}
                <bdi>{(cell.shown ?? cell.value).slice(0, LONGEST)}</bdi>
              </>
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

function classOf(cell: VirtualCell | undefined, here: boolean, typed: boolean, quiet: boolean | undefined): string {
  const look = cell?.look ? ` look-${cell.look}` : ''
  const state = `${here ? ' virtual-active' : ''}${typed ? ' virtual-typed' : ''}`
  return `virtual-cell${look}${state}${quiet ? ' virtual-quiet' : ''}`
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
