import { act, renderHook, screen } from '@testing-library/react'
import { App } from 'antd'
import { describe, expect, it, vi } from 'vitest'
import '@/testing'
import { Problem } from '@/api/problem'
import { speak } from '@/i18n'
import { useDoing } from './doing'

describe('something done at a click', () => {
  it('is done once while it goes on, and again afterwards', async () => {
    await speak('en')
    const { result } = renderHook(() => useDoing(), { wrapper: App })
    let end = () => {}
    const work = vi.fn(() => new Promise<void>((resolve) => (end = resolve)))
    let first = Promise.resolve(false)
    let second = Promise.resolve(true)
    act(() => {
      first = result.current.go(work)
      second = result.current.go(work)
    })
    expect(result.current.busy).toBe(true)
    await act(async () => end())
    expect([await first, await second, work.mock.calls.length]).toEqual([true, false, 1])
    expect(result.current.busy).toBe(false)
    expect(await act(() => result.current.go(async () => undefined))).toBe(true)
  })

  it('is told when it fails', async () => {
    await speak('en')
    const { result } = renderHook(() => useDoing(), { wrapper: App })
    const done = await act(() => result.current.go(() => Promise.reject(new Problem(409, { detail: 'It has ended.' }))))
    expect(done).toBe(false)
    expect(result.current.busy).toBe(false)
    expect(await screen.findByText(/./, { selector: '.ant-message-notice *' })).toBeTruthy()
  })
})
