/** Rows and their findings, and what a cell shows: the logic of the sheet, without a screen. */
import type { Cell, Row } from '@/api/schema'
import { clamp, type Place } from '@/ui/place'

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
