import { describe, expect, it } from 'vitest'
import {
  codesOf,
  draftOf,
  filled,
  goneOut,
  moments,
  nextStep,
  onClock,
  partsOf,
  settingsOf,
  settling,
  stepOf,
} from './state'

describe('figures of a campaign', () => {
  it('counts every gate as not sent and what is open as waiting, in the fixed order', () => {
    expect(partsOf({ 'no-consent': 217, delivered: 510, suppressed: 37 }, 800)).toEqual([
      { outcome: 'delivered', count: 510 },
      { outcome: 'stopped', count: 254 },
      { outcome: 'pending', count: 36 },
    ])
    expect(partsOf({}, 0)).toEqual([])
  })

  it('counts as gone out only what left the house', () => {
    expect(goneOut({ delivered: 5, bounced: 2, unconfirmed: 1, failed: 4, 'no-consent': 9 })).toBe(8)
  })
})

describe('steps of the wizard', () => {
  const what = { name: 'A', purpose: 'marketing', topic: 'newsletter', controller: 'main', goal: { event: 'seen' } }

  it('goes on where something is missing', () => {
    expect(nextStep({ name: 'A' })).toBe('what')
    expect(nextStep(what)).toBe('whom')
    expect(nextStep({ ...what, segment: 's' })).toBe('letter')
    expect(nextStep({ ...what, segment: 's', template: 't' })).toBe('check')
    expect(filled('what', what)).toBe(true)
    expect(filled('send', what)).toBe(false)
  })

  it.each([
    ['settings.segment', 'whom'],
    ['settings.template_version', 'letter'],
    ['template.body:12', 'letter'],
    ['settings.goal', 'what'],
    ['settings.channels[0]', 'what'],
  ])('mends %s in step %s', (field, step) => {
    expect(stepOf({ field })).toBe(step)
  })
})

describe('settings', () => {
  it('come back as they were asked for, with no goal where none is named', () => {
    const draft = { ...draftOf(null), name: ' A ', segment: 's', purpose: 'marketing' }
    expect(settingsOf(draft)).toMatchObject({ name: 'A', segment: 's', goal: null, channels: ['email'] })
    const named = settingsOf({ ...draft, event: 'seen', hours: 24 })
    expect(draftOf(named)).toEqual({ ...draft, name: 'A', event: 'seen', hours: 24 })
  })
})

describe('the log', () => {
  it('asks for every gate behind what was not sent, and for nothing behind what waits', () => {
    expect(codesOf('stopped')).toContain('no-consent')
    expect(codesOf('bounced')).toEqual(['bounced'])
    expect(codesOf('pending')).toEqual([])
    expect(codesOf('')).toEqual([])
  })

  it('catches up for a while after the end', () => {
    const end_time = '2026-11-22T05:00:00Z'
    expect(settling({ state: 'sending' })).toBe(true)
    expect(settling({ state: 'done', end_time }, Date.parse('2026-11-22T05:01:00Z'))).toBe(true)
    expect(settling({ state: 'done', end_time }, Date.parse('2026-11-22T05:09:00Z'))).toBe(false)
  })
})

describe('hours and days of a report', () => {
  it('are all there, quiet ones too', () => {
    expect(moments('2026-03-01T22:00', '2026-03-02T01:00', 'hour')).toEqual([
      '2026-03-01T22:00',
      '2026-03-01T23:00',
      '2026-03-02T00:00',
      '2026-03-02T01:00',
    ])
    expect(moments('2026-02-28', '2026-03-01', 'day')).toEqual(['2026-02-28', '2026-03-01'])
    expect(moments('2026-03-02', '2026-03-01', 'day')).toEqual([])
  })

  it('are told by the clock of the report', () => {
    expect(onClock('2026-03-01T22:40:00Z', 'Europe/Moscow', 'hour')).toBe('2026-03-02T01:00')
    expect(onClock('2026-03-01T22:40:00Z', 'Europe/Moscow', 'day')).toBe('2026-03-02')
  })
})
