import { describe, expect, it } from 'vitest'
import type { Cell, Row } from '@/api/schema'
import { nextFinding, offered, shownOf, widthsOf } from './cells'

function cell(verdict: Cell['verdict'], more: Partial<Cell> = {}): Cell {
  return { column: 'E-mail', value: 'anna@gmial.com', verdict, suggestion: '', reason: '', ...more }
}

function row(...verdicts: Cell['verdict'][]): Row {
  return { row: 2, verdict: 'ok', action: '', profile: '', reasons: [], cells: verdicts.map((each) => cell(each)) }
}

describe('findings', () => {
  const rows = [row('ok', 'warning', 'ok'), row('corrected', 'ok', 'ok'), undefined, row('ok', 'ok', 'refused')]

  it('are found one after another, rows that are not loaded are passed over', () => {
    expect(nextFinding(rows, { row: 0, column: -1 }, 1)).toEqual({ row: 0, column: 1 })
    expect(nextFinding(rows, { row: 0, column: 1 }, 1)).toEqual({ row: 3, column: 2 })
    expect(nextFinding(rows, { row: 3, column: 2 }, 1)).toBeNull()
    expect(nextFinding(rows, { row: 3, column: 2 }, -1)).toEqual({ row: 0, column: 1 })
  })

  it('include what was mended when that is asked for', () => {
    expect(nextFinding(rows, { row: 0, column: 1 }, 1, true)).toEqual({ row: 1, column: 0 })
  })
})

describe('a cell', () => {
  it('shows what is taken where it was mended, else what is written', () => {
    expect(shownOf(cell('corrected', { value: '8 916 000-00-00', suggestion: '+79160000000' }))).toBe('+79160000000')
    expect(shownOf(cell('warning', { suggestion: 'anna@gmail.com' }))).toBe('anna@gmial.com')
  })

  it('offers what may have been meant, and nothing that is taken already', () => {
    expect(offered(cell('warning', { suggestion: 'anna@gmail.com' }))).toBe('anna@gmail.com')
    expect(offered(cell('corrected', { suggestion: 'anna@gmail.com' }))).toBe('')
    expect(offered(undefined)).toBe('')
  })

  it('is as wide as its column usually is', () => {
    const long = row('ok')
    long.cells = [cell('ok', { value: 'x'.repeat(4000) }), cell('ok', { value: 'x' })]
    expect(widthsOf(['Примечание', 'Пол'], [long])).toEqual([280, 88])
  })
})
