import { expect, it } from 'vitest'
import { stepsOf } from './faults'

it('turns a pointer into the steps of a form', () => {
  expect(stepsOf('/contacts/0/value')).toEqual(['contacts', 0, 'value'])
  expect(stepsOf('/attributes/a~1b~0c')).toEqual(['attributes', 'a/b~c'])
})
