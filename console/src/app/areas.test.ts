import { expect, it } from 'vitest'
import { listOf } from './areas'

it('an address of something leads back to its list', () => {
  expect(listOf('/clients/1')).toBe('clients')
  expect(listOf('/segments/1/edit')).toBe('segments')
  expect(listOf('/letters/1')).toBe('letters')
  expect(listOf('/base/imports/1/columns')).toBe('base/imports')
  expect(listOf('/settings')).toBe('')
  expect(listOf('/')).toBe('')
})
