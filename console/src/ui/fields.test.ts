import { expect, it } from 'vitest'
import { partsOf } from './fields'

it('turns a pointer into the parts of a form', () => {
  expect(partsOf('/contacts/0/value')).toEqual(['contacts', 0, 'value'])
  expect(partsOf('/attributes/a~1b~0c')).toEqual(['attributes', 'a/b~c'])
  expect(partsOf('?page_size')).toEqual(['page_size'])
})
