import dayjs from 'dayjs'
import { describe, expect, it } from 'vitest'
import type { Freeze } from '@/api/schema'
import { freezeOf, shownOf, stateOf } from './freezes'

const NOW = Date.parse('2026-11-22T12:00:00Z')

function period(id: string, begin: string, end: string, lift: string | null = null): Freeze {
  return { id, title: id, begin_time: begin, end_time: end, lift_time: lift, scopes: ['imports'], declared_by: '' }
}

const COMING = period('coming', '2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z')
const STANDING = period('standing', '2026-11-22T11:00:00Z', '2026-11-22T12:00:01Z')
const OVER = period('over', '2026-11-21T00:00:00Z', '2026-11-22T12:00:00Z')
const LIFTED = period('lifted', '2026-11-20T00:00:00Z', '2026-11-30T00:00:00Z', '2026-11-20T01:00:00Z')

describe('a period', () => {
  it.each([COMING, STANDING, OVER, LIFTED])('$id is what its name says', (each) => {
    expect(stateOf(each, NOW)).toBe(each.id)
  })

  it('is listed by what is next, and a few that are over after those', () => {
    const past = Array.from({ length: 9 }, (_, place) => ({ ...OVER, id: `over-${place}` }))
    // As the server lists them: those that begin last first.
    const shown = shownOf([COMING, STANDING, ...past], NOW)
    expect(shown.map((each) => each.id)).toEqual([
      'standing',
      'coming',
      'over-0',
      'over-1',
      'over-2',
      'over-3',
      'over-4',
    ])
  })

  it('begins at once unless a time was chosen', () => {
    const end = dayjs('2026-11-25T18:00:00Z')
    expect(freezeOf({ title: ' Congress ', end, begin: null, scopes: ['roles'] })).toEqual({
      title: 'Congress',
      begin_time: null,
      end_time: '2026-11-25T18:00:00.000Z',
      scopes: ['roles'],
    })
  })
})
