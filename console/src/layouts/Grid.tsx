/**
 * Rows of a list: a plain table with a sticky head, one row that the keyboard stands on, and marks for selection.
 *
 * Promise: while another page is asked for, the old one stays in its place, dimmed; nothing moves.
 */
import './grid.css'
import { CaretDownOutlined, CaretUpOutlined } from '@ant-design/icons'
import { Checkbox } from 'antd'
import { Children, type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Column } from './columns'

const WIDTH = 160
const SHAPE = [72, 56, 88, 64, 48, 80] // widths of skeleton bars in percent, so that they look like words

export interface Selection {
  keys: readonly string[]
  change(keys: string[]): void
}

interface Props<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[] | undefined
  idOf(row: T): string
  loading?: boolean
  /** Number of skeleton rows. */
  size: number
  order?: string
  onOrder?(order: string): void
  selection?: Selection
  /** Id of the row that the keyboard stands on. */
  at: string | null
  onAt(id: string): void
  onClick?(row: T): void
  /** Id of the row whose preview is open. */
  previewed?: string | null
  /** Instead of rows. */
  children?: ReactNode
}

export function Grid<T>(props: Props<T>) {
  const { columns, rows, idOf, selection, at, loading } = props
  const { t } = useTranslation()
  const body = useRef<HTMLTableSectionElement>(null)
  const own = useId()
  const last = useRef<string | null>(null)
  const ids = rows?.map(idOf) ?? []
  // A row of another page leaves the first one for the keyboard to come in by.
  const stands = at !== null && ids.includes(at)
  const width = columns.reduce((sum, each) => sum + (each.width ?? WIDTH), selection ? 40 : 0)

  useEffect(() => {
    if (at) body.current?.querySelector(`tr[data-id="${CSS.escape(at)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const mark = (id: string, on: boolean, whole: boolean) => {
    if (!selection) return
    const from = whole && last.current ? ids.indexOf(last.current) : -1
    const to = ids.indexOf(id)
    const touched = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1)
    const rest = selection.keys.filter((each) => !touched.includes(each))
    selection.change(on ? [...rest, ...touched] : rest)
    last.current = id
  }
  // Several places for a child, all of them empty, are still an array.
  const instead = Children.toArray(props.children)
  const chosen = ids.filter((id) => selection?.keys.includes(id)).length
  return (
    <table
      className={loading && rows ? 'grid grid-waiting' : 'grid'}
      style={{ minWidth: width }}
      aria-label={props.label}
      aria-busy={loading || (!rows && instead.length === 0)}
    >
      <colgroup>
        {selection ? <col style={{ width: 40 }} /> : null}
        {columns.map((each) => (
          <col key={each.key} style={{ width: `${((each.width ?? WIDTH) / width) * 100}%` }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {selection ? (
            <th scope="col" className="mark">
              <Checkbox
                aria-label={t('layouts.list.markPage')}
                checked={ids.length > 0 && chosen === ids.length}
                indeterminate={chosen > 0 && chosen < ids.length}
                disabled={ids.length === 0}
                onChange={(event) =>
                  selection.change([
                    ...selection.keys.filter((key) => !ids.includes(key)),
                    ...(event.target.checked ? ids : []),
                  ])
                }
              />
            </th>
          ) : null}
          {columns.map((each) => (
            <Head
              key={each.key}
              column={each}
              look={looks(each, columns)}
              order={props.order}
              onOrder={props.onOrder}
            />
          ))}
        </tr>
      </thead>
      <tbody ref={body} onMouseOver={wholeWords} onFocus={wholeWords}>
        {instead.length > 0 ? (
          <tr className="instead">
            <td colSpan={columns.length + (selection ? 1 : 0)}>{instead}</td>
          </tr>
        ) : rows ? (
          rows.map((row, place) => {
            const id = idOf(row)
            const marked = selection?.keys.includes(id) ?? false
            return (
              <tr
                key={id}
                data-id={id}
                tabIndex={stands ? (at === id ? 0 : -1) : place === 0 ? 0 : -1}
                aria-current={props.previewed === id ? 'true' : undefined}
                className={[marked ? 'marked' : '', at === id ? 'at' : '', props.onClick ? 'opens' : '']
                  .join(' ')
                  .trim()}
                onFocus={() => props.onAt(id)}
                onClick={(event) => {
                  if (!ownClick(event)) props.onClick?.(row)
                }}
              >
                {selection ? (
                  <td className="mark">
                    <Checkbox
                      tabIndex={-1}
                      id={`${own}-${id}`}
                      aria-label={t('layouts.list.mark')}
                      // "Mark" and what the row is called.
                      aria-labelledby={`${own}-${id} ${own}-${id}-lead`}
                      checked={marked}
                      onChange={(event) => mark(id, event.target.checked, event.nativeEvent.shiftKey)}
                    />
                  </td>
                ) : null}
                {columns.map((column, place) => (
                  <td
                    key={column.key}
                    id={selection && place === 0 ? `${own}-${id}-lead` : undefined}
                    className={looks(column, columns)}
                  >
                    {column.render(row)}
                  </td>
                ))}
              </tr>
            )
          })
        ) : (
          Array.from({ length: props.size }, (_, line) => line).map((line) => (
            <tr key={line} className="shape" aria-hidden>
              {selection ? <td className="mark" /> : null}
              {columns.map((column, place) => (
                <td key={column.key}>
                  <i style={{ width: `${SHAPE[(line + place * 2) % SHAPE.length]}%` }} />
                </td>
              ))}
            </tr>
          ))
        )}
      </tbody>
    </table>
  )
}

function Head<T>({
  column,
  look,
  order,
  onOrder,
}: { column: Column<T>; look?: string } & Pick<Props<T>, 'order' | 'onOrder'>) {
  const { sorter, title } = column
  if (!sorter || !onOrder) {
    return (
      <th scope="col" className={look}>
        {title}
      </th>
    )
  }
  const up = order === sorter
  const down = order === `-${sorter}`
  return (
    <th scope="col" className={look} aria-sort={up ? 'ascending' : down ? 'descending' : undefined}>
      <button type="button" onClick={() => onOrder(up ? `-${sorter}` : sorter)}>
        {title}
        <span className={up || down ? 'order ordered' : 'order'} aria-hidden>
          {down ? <CaretDownOutlined /> : <CaretUpOutlined />}
        </span>
      </button>
    </th>
  )
}

/** The first column names the row and stays in view; figures stand at the right. */
function looks<T>(column: Column<T>, columns: readonly Column<T>[]): string | undefined {
  const names = [column === columns[0] ? 'lead' : '', column.figures ? 'figures' : ''].filter(Boolean)
  return names.length > 0 ? names.join(' ') : undefined
}

/** Whether a click belongs to what stands in the row: a link, a box, a button, or text that is being selected. */
function ownClick(event: MouseEvent<HTMLElement>): boolean {
  const target = event.target as HTMLElement
  if (!event.currentTarget.contains(target)) return true
  if (target.closest('a, button, input, label, .ant-checkbox-wrapper, [role="button"], td.mark')) return true
  return (window.getSelection()?.toString() ?? '') !== ''
}

/** Say what a cell, or a word in it, cuts off, once somebody points at it. */
function wholeWords(event: { target: EventTarget }): void {
  const cell = (event.target as HTMLElement).closest('td')
  if (!cell || cell.classList.contains('mark')) return
  const places = [cell, ...cell.querySelectorAll('.cut')]
  if (places.some((each) => each.scrollWidth > each.clientWidth)) cell.title = cell.textContent ?? ''
  else cell.removeAttribute('title')
}
