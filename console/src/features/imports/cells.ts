/** Moving through rows and their findings, and what a cell shows: the logic of the grid, without a screen. */
import type { Cell, Row } from '@/api/schema'

export interface Place {
  /** From 0 among the rows of the filter. */
  row: number
  /** From 0 among the columns; -1 is the row's own head. */
  column: number
}

export interface Bounds {
  rows: number
  columns: number
  /** Rows that fit the screen. */
  page: number
}

/** Return where a key leads; `null` for a key that does not move. */
export function moved(from: Place, key: string, bounds: Bounds): Place | null {
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    k: [-1, 0],
    ArrowDown: [1, 0],
    j: [1, 0],
    ArrowLeft: [0, -1],
    h: [0, -1],
    ArrowRight: [0, 1],
    l: [0, 1],
    PageUp: [-bounds.page, 0],
    PageDown: [bounds.page, 0],
    Home: [0, -bounds.columns],
    End: [0, bounds.columns],
    'mod+Home': [-bounds.rows, 0],
    'mod+End': [bounds.rows, 0],
  }
  const step = steps[key]
  if (!step) return null
  return {
    row: clamp(from.row + step[0], 0, bounds.rows - 1),
    column: clamp(from.column + step[1], 0, bounds.columns - 1),
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, Math.max(most, least)))
}

/** Whether a cell is worth a look: something was not taken, or mended. */
export function isFinding(cell: Cell | undefined, mended = false): boolean {
  return cell?.verdict === 'warning' || cell?.verdict === 'refused' || (mended && cell?.verdict === 'corrected')
}

/**
 * Find the next cell with a finding after a place, row by row; `null` when the loaded rows have none.
 *
 * @param by 1 forwards, -1 backwards
 */
export function nextFinding(rows: readonly (Row | undefined)[], from: Place, by: 1 | -1, mended = false): Place | null {
  for (let row = from.row; row >= 0 && row < rows.length; row += by) {
    const cells = rows[row]?.cells ?? []
    const first = row === from.row ? from.column + by : by > 0 ? 0 : cells.length - 1
    for (let column = first; column >= 0 && column < cells.length; column += by) {
      if (isFinding(cells[column], mended)) return { row, column }
    }
  }
  return null
}

/** Return what a cell shows: what will be taken, where that is known, else what is written. */
export function shownOf(cell: Cell): string {
  return cell.verdict === 'corrected' && cell.suggestion ? cell.suggestion : cell.value
}

/** Return what can be taken instead by one key: a suggestion that the person has to decide. */
export function offered(cell: Cell | undefined): string {
  return cell && isFinding(cell) && cell.suggestion && cell.suggestion !== cell.value ? cell.suggestion : ''
}

const NARROW = 88
const WIDE = 280
const PER_SIGN = 8.2
const AROUND = 46

/** Return widths of columns in pixels, by their headers and the first rows. */
export function widthsOf(headers: readonly string[], rows: readonly Row[]): number[] {
  return headers.map((header, place) => {
    const lengths = rows.slice(0, 40).map((row) => (row.cells[place] ? shownOf(row.cells[place]).length : 0))
    lengths.sort((a, b) => a - b)
    const usual = lengths[Math.floor(lengths.length * 0.9)] ?? 0
    return Math.round(clamp(Math.max(usual, Math.min(header.length, 22)) * PER_SIGN + AROUND, NARROW, WIDE))
  })
}
