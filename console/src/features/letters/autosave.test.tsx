import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useAutosave } from './autosave'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('autosave', () => {
  it('saves the latest of a burst of changes once', async () => {
    const save = vi.fn(async () => {})
    const { rerender, result } = renderHook(({ value }) => useAutosave(value, save), { initialProps: { value: 'a' } })
    rerender({ value: 'ab' })
    rerender({ value: 'abc' })
    await act(() => vi.advanceTimersByTimeAsync(1000))
    expect(save.mock.calls).toEqual([['abc']])
    expect(result.current.saved.time).toBeTruthy()
  })

  it('says what failed and saves it with the next change', async () => {
    const save = vi.fn(async () => {})
    save.mockRejectedValueOnce(new Error('away'))
    const { rerender, result } = renderHook(({ value }) => useAutosave(value, save), { initialProps: { value: 'a' } })
    rerender({ value: 'ab' })
    await act(() => vi.advanceTimersByTimeAsync(1000))
    expect(result.current.saved.failure).toBeInstanceOf(Error)
    rerender({ value: 'abc' })
    await act(() => vi.advanceTimersByTimeAsync(1000))
    expect(result.current.saved.failure).toBeUndefined()
    expect(save).toHaveBeenLastCalledWith('abc')
  })

  it('holds back what is not fit to be saved, and saves what is left when the screen goes', async () => {
    const save = vi.fn(async () => {})
    const { rerender, unmount } = renderHook(({ value, fit }) => useAutosave(value, save, fit), {
      initialProps: { value: 'a', fit: true },
    })
    rerender({ value: '', fit: false })
    await act(() => vi.advanceTimersByTimeAsync(5000))
    expect(save).not.toHaveBeenCalled()
    rerender({ value: 'b', fit: true })
    unmount()
    await vi.runAllTimersAsync()
    expect(save.mock.calls).toEqual([['b']])
  })
})
