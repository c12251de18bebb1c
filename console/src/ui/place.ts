/** Where the keyboard stands in a table of cells, and where a key leads from there. */

export interface Place {
  /** From 0. */
  row: number
  /** From 0; -1 is the row's own head. */
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

/** Return the value, or the nearest that is allowed. */
export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, Math.max(most, least)))
}
