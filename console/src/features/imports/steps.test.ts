import { describe, expect, it } from 'vitest'
import type { Import, ImportCounts } from '@/api/schema'
import { forgetStep, keepStep, keptStep, openSteps, statesOf, whereLeft, willTake } from './steps'

const COUNTS: ImportCounts = {
  rows: 10,
  ok: 6,
  corrected: 2,
  warned: 1,
  refused: 1,
  created: 0,
  updated: 0,
  merged: 0,
  unchanged: 0,
}

function standing(state: Import['state'], more: Partial<Pick<Import, 'dry_run' | 'counts'>> = {}) {
  return { state, counts: COUNTS, dry_run: null, ...more }
}

describe('an import opens where it was left', () => {
  it('at the columns while its file is read, and when it was refused', () => {
    expect(whereLeft(standing('reading'), 'trial')).toBe('columns')
    expect(whereLeft(standing('failed'), null)).toBe('columns')
  })

  it('at the step that was left, once it is read', () => {
    expect(whereLeft(standing('ready'), 'rows')).toBe('rows')
    expect(whereLeft(standing('ready'), null)).toBe('columns')
    expect(whereLeft(standing('ready'), 'result')).toBe('columns')
    expect(whereLeft(standing('ready', { dry_run: COUNTS }), null)).toBe('trial')
  })

  it('at the result while it is written and after it', () => {
    for (const state of ['committing', 'committed', 'cancelled'] as const) {
      expect(whereLeft(standing(state), 'rows')).toBe('result')
    }
  })

  it('remembers the step in this browser, and forgets it', () => {
    keepStep('a', 'rows')
    expect(keptStep('a')).toBe('rows')
    forgetStep('a')
    expect(keptStep('a')).toBeNull()
    for (let number = 0; number < 60; number += 1) keepStep(`${number}`, 'trial')
    expect([keptStep('9'), keptStep('10')]).toEqual([null, 'trial'])
  })
})

describe('steps', () => {
  it('lets nobody try or write what is being read or written', () => {
    expect(openSteps(standing('reading'))).toEqual(['columns'])
    expect(openSteps(standing('committing'))).toEqual(['result'])
  })

  it('lets the rest of a stopped import be tried again', () => {
    expect(openSteps(standing('cancelled'))).toContain('trial')
  })

  it('says what is done, what is in hand and what went wrong', () => {
    expect(statesOf(standing('ready'), 'rows')).toEqual({
      file: 'done',
      columns: 'done',
      rows: 'doing',
      trial: 'wait',
      result: 'wait',
    })
    expect(statesOf(standing('failed'), 'columns').file).toBe('wrong')
    expect(statesOf(standing('cancelled'), 'result').result).toBe('wrong')
    expect(Object.values(statesOf(standing('committed'), 'rows'))).toEqual(Array(5).fill('done'))
  })

  it('points at the rows when none of them can be taken', () => {
    const counts = { ...COUNTS, refused: 10 }
    expect(willTake(counts)).toBe(0)
    expect(statesOf(standing('ready', { counts }), 'trial').rows).toBe('wrong')
  })
})
