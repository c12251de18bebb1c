import { act, renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { partsOf } from './fields'
import { sheetOf } from './files'
import { useKeys, useKnownKeys } from './keys'

function press(key: string, target: Element = document.body, more: KeyboardEventInit = {}) {
  act(() => {
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  })
}

afterEach(() => {
  document.body.replaceChildren()
})

describe('keys', () => {
  it('are answered by what came last, and by what is below when that is off', () => {
    const below = vi.fn()
    const above = vi.fn()
    renderHook(() => useKeys([{ key: 'j', act: below }]))
    const { rerender } = renderHook(({ off }) => useKeys([{ key: 'j', act: above, off }]), {
      initialProps: { off: false },
    })
    press('j')
    expect([below.mock.calls.length, above.mock.calls.length]).toEqual([0, 1])
    rerender({ off: true })
    press('j')
    expect([below.mock.calls.length, above.mock.calls.length]).toEqual([1, 1])
  })

  it('are text in a field, where only Escape is a command', () => {
    const heard = vi.fn()
    renderHook(() =>
      useKeys([
        { key: 'j', act: heard },
        { key: 'Escape', act: heard },
      ]),
    )
    const field = document.body.appendChild(document.createElement('input'))
    press('j', field)
    expect(heard).not.toHaveBeenCalled()
    press('Escape', field)
    expect(heard).toHaveBeenCalledTimes(1)
  })

  it('leave Enter to the button that has the focus', () => {
    const heard = vi.fn()
    renderHook(() => useKeys([{ key: 'Enter', act: heard }]))
    press('Enter', document.body.appendChild(document.createElement('button')))
    expect(heard).not.toHaveBeenCalled()
    press('Enter')
    expect(heard).toHaveBeenCalledTimes(1)
  })

  it('sleep under a dialog', () => {
    const heard = vi.fn()
    renderHook(() => useKeys([{ key: 'j', act: heard }]))
    document.body.appendChild(document.createElement('div')).className = 'ant-modal-wrap'
    press('j')
    expect(heard).not.toHaveBeenCalled()
  })

  it('know their modifiers, on any layout that has them', () => {
    const heard = vi.fn()
    renderHook(() => useKeys([{ key: 'mod+shift+z', act: heard }]))
    press('Z', document.body, { ctrlKey: true, shiftKey: true, code: 'KeyZ' })
    press('Я', document.body, { ctrlKey: true, shiftKey: true, code: 'KeyZ' })
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('are listed once, as they work now', () => {
    renderHook(() => useKeys([{ key: 'e', word: 'Below', act: () => {} }]))
    renderHook(() =>
      useKeys([
        { key: 'e', word: 'Edit', act: () => {} },
        { key: 'x', word: 'Off', act: () => {}, off: true },
        { key: 'y', act: () => {} },
      ]),
    )
    expect(renderHook(() => useKnownKeys()).result.current.map((each) => each.word)).toEqual(['Edit'])
  })
})

describe('fields', () => {
  it.each([
    ['/contacts/0/value', ['contacts', 0, 'value']],
    ['/a~1b/c~0d', ['a/b', 'c~d']],
    ['?page_size', ['page_size']],
    ['', []],
  ])('%s is %j', (pointer, parts) => {
    expect(partsOf(pointer)).toEqual(parts)
  })
})

describe('sheets', () => {
  it('quote what must be and disarm formulas', () => {
    const rows = [{ name: '=1+1', note: 'a "b", c', number: -5, none: null }]
    expect(sheetOf(rows)).toBe('\ufeffname,note,number,none\r\n\'=1+1,"a ""b"", c",-5,\r\n')
  })
})
