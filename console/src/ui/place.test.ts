import { describe, expect, it } from 'vitest'
import { moved } from './place'

const BOUNDS = { rows: 100, columns: 5, page: 20 }

describe('moving through a table of cells', () => {
  it('goes by letters and arrows alike', () => {
    for (const key of ['j', 'ArrowDown'])
      expect(moved({ row: 3, column: 1 }, key, BOUNDS)).toEqual({ row: 4, column: 1 })
    for (const key of ['h', 'ArrowLeft'])
      expect(moved({ row: 3, column: 1 }, key, BOUNDS)).toEqual({ row: 3, column: 0 })
  })

  it('stays inside', () => {
    expect(moved({ row: 95, column: 4 }, 'PageDown', BOUNDS)).toEqual({ row: 99, column: 4 })
    expect(moved({ row: 95, column: 2 }, 'mod+Home', BOUNDS)).toEqual({ row: 0, column: 2 })
    expect(moved({ row: 0, column: 0 }, 'ArrowUp', { ...BOUNDS, rows: 0 })).toEqual({ row: 0, column: 0 })
  })

  it('leaves other keys alone', () => {
    expect(moved({ row: 0, column: 0 }, 'x', BOUNDS)).toBeNull()
  })
})
