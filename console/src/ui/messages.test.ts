import { expect, it } from 'vitest'
import { outcomeOf } from './messages'

it('names every gate that stopped a message by one word', () => {
  expect(outcomeOf({ state: 'done', outcome: 'no-consent' })).toBe('stopped')
  expect(outcomeOf({ state: 'done', outcome: 'bounced' })).toBe('bounced')
})

it('tells waiting from held', () => {
  expect(outcomeOf({ state: 'held', outcome: null as never })).toBe('held')
  expect(outcomeOf({ state: 'claimed', outcome: null as never })).toBe('pending')
})
