import { describe, expect, it } from 'vitest'
import {
  added,
  blockOf,
  contentOf,
  duplicated,
  endOf,
  inserted,
  type Letter,
  letterOf,
  listed,
  marked,
  moved,
  removed,
  sameContent,
  variablesIn,
} from './letter'

const letter: Letter = {
  ...letterOf('A', { subject: 'Hello, {{ given_name }}', fallbacks: { given_name: 'colleague', city: 'your city' } }),
  blocks: [blockOf('heading', { text: 'One' }), blockOf('text', { text: '{{- organisation }}' }), blockOf('divider')],
}
const texts = (blocks: Letter['blocks']) => blocks.map((block) => block.text || block.kind)

describe('blocks', () => {
  it('are added before the footer that ends a letter', () => {
    expect(endOf([blockOf('text'), blockOf('footer')])).toBe(1)
    expect(endOf([blockOf('footer'), blockOf('text')])).toBe(2)
    expect(endOf([])).toBe(0)
  })

  it('are added, moved, removed and duplicated where one says', () => {
    const { blocks } = letter
    expect(texts(added(blocks, blockOf('button', { text: 'Go' }), 1))).toEqual([
      'One',
      'Go',
      '{{- organisation }}',
      'divider',
    ])
    expect(texts(moved(blocks, 0, 2))).toEqual(['{{- organisation }}', 'divider', 'One'])
    expect(moved(blocks, 0, -1)).toBe(blocks)
    expect(moved(blocks, 2, 3)).toBe(blocks)
    expect(texts(removed(blocks, 1))).toEqual(['One', 'divider'])
    const twice = duplicated(blocks, 0)
    expect(texts(twice)).toEqual(['One', 'One', '{{- organisation }}', 'divider'])
    expect(new Set(twice.map((block) => block.key)).size).toBe(4)
  })
})

describe('content', () => {
  it('sends only what a kind has, and fallbacks of variables that are used', () => {
    expect(variablesIn(letter)).toEqual(['given_name', 'organisation'])
    const content = contentOf(letter)
    expect(content.fallbacks).toEqual({ given_name: 'colleague' })
    expect(content.blocks).toEqual([
      { kind: 'heading', text: 'One', level: 1 },
      { kind: 'text', text: '{{- organisation }}' },
      { kind: 'divider' },
    ])
  })

  it('leaves a letter written as MJML as it is', () => {
    const written = { subject: 'S', body: '<mjml></mjml>' }
    expect(contentOf(letterOf('A', written))).toMatchObject(written)
    expect(contentOf(letterOf('A', written)).blocks).toBeUndefined()
  })

  it('is the same whatever the server adds', () => {
    const content = contentOf(letter)
    const answered = { ...content, body: '<mjml>', blocks: content.blocks?.map((block, line) => ({ ...block, line })) }
    expect(sameContent(content, answered)).toBe(true)
    expect(sameContent(content, { ...answered, subject: 'Other' })).toBe(false)
  })
})

describe('text', () => {
  it('takes words at the cursor', () => {
    expect(inserted({ text: 'Hello, !', start: 7, end: 7 }, '{{ given_name }}').text).toBe('Hello, {{ given_name }}!')
  })

  it('puts marks around what is chosen and takes them off again', () => {
    const bold = marked({ text: 'one two', start: 4, end: 7 }, '**', '**')
    expect(bold).toEqual({ text: 'one **two**', start: 6, end: 9 })
    expect(marked(bold, '**', '**').text).toBe('one two')
  })

  it('makes a list of lines and back', () => {
    const list = listed({ text: 'a\nb\nc', start: 2, end: 5 })
    expect(list.text).toBe('a\n- b\n- c')
    expect(listed(list).text).toBe('a\nb\nc')
  })
})
