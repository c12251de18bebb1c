import { expect, it } from 'vitest'
import type { ProvenanceEntry } from '@/api/schema'
import { byDay, endOfDay, stepsOf } from './history'

it('tells the events of one commit together', () => {
  const entry = (id: string) => ({ id, record_time: '2026-11-22T03:00:00Z' }) as ProvenanceEntry
  expect(stepsOf([entry('a-1.2'), entry('a-1.1'), entry('b.0')]).map((step) => [step.id, step.entries.length])).toEqual(
    [
      ['a-1', 2],
      ['b', 1],
    ],
  )
})

it('keeps days apart', () => {
  const noon = (day: string) => new Date(`${day}T12:00:00`).toISOString()
  const days = byDay([noon('2026-11-22'), noon('2026-11-22'), noon('2026-11-20')], (time) => time)
  expect(days.map((each) => [each.day, each.things.length])).toEqual([
    ['2026-11-22', 2],
    ['2026-11-20', 1],
  ])
})

it('ends a day in the reader’s zone, and today with the present minute', () => {
  const now = new Date('2026-11-22T10:20:30')
  expect(endOfDay('2026-11-01', now)).toBe(new Date('2026-11-01T23:59:59.999').toISOString())
  expect(endOfDay('2026-11-22', now)).toBe(new Date('2026-11-22T10:20:59.999').toISOString())
})
