import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter, useLocation } from 'react-router'
import { describe, expect, it } from 'vitest'
import { date, flag, many, one, useAddress, whole } from './address'
import { readChoice } from './columns'
import { useHistory } from './history'
import { usePages } from './pages'
import { sameQuery } from './Views'

const FIELDS = { tab: one('all'), specialty: many(), archived: flag() }

function at(address: string) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
  )
  return renderHook(() => ({ ...useAddress(FIELDS), search: useLocation().search }), { wrapper }).result
}

describe('address', () => {
  it('reads what it holds, and fallbacks', () => {
    expect(at('/?specialty=a&specialty=b&archived=1').current.values).toEqual({
      tab: 'all',
      specialty: ['a', 'b'],
      archived: true,
    })
  })

  it('writes nothing of a fallback and leaves foreign parameters alone', () => {
    const found = at('/?part=list&tab=new&archived=1')
    act(() => found.current.set({ tab: 'all', specialty: ['a', 'b'] }))
    expect(found.current.search).toBe('?part=list&archived=1&specialty=a&specialty=b')
    act(() => found.current.clear())
    expect(found.current.search).toBe('?part=list')
  })

  it('keeps two changes of one moment', () => {
    const found = at('/')
    act(() => {
      found.current.set({ tab: 'new' })
      found.current.set({ archived: true })
    })
    expect(found.current.values).toMatchObject({ tab: 'new', archived: true })
  })
})

describe('two parts of a screen', () => {
  const wrapper = ({ children }: { children: ReactNode }) => <MemoryRouter>{children}</MemoryRouter>
  const both = () =>
    renderHook(
      () => ({ one: useAddress({ tab: one() }), other: useAddress({ column: whole() }), search: useLocation().search }),
      { wrapper },
    ).result

  it('change the address in one moment, and neither change is lost', () => {
    const found = both()
    act(() => {
      found.current.one.set({ tab: 'new' })
      found.current.other.set({ column: 3 })
    })
    expect(found.current.search).toBe('?tab=new&column=3')
    act(() => found.current.one.set({ tab: '' }))
    expect(found.current.search).toBe('?column=3')
  })

  it('read nothing that is not allowed', () => {
    expect(one('all', ['all', 'new']).read(['<b>'])).toBe('all')
    expect(many(['a', 'b']).read(['a', 'c', 'b'])).toEqual(['a', 'b'])
  })

  it('read no day out of what is none', () => {
    const { read } = date()
    const texts = ['2026-11-22', '2026-02-30', '2026-99-99', '22.11.2026', '']
    expect(texts.map((text) => read([text]))).toEqual(['2026-11-22', '', '', '', ''])
  })

  it('reads no column out of a word', () => {
    const { read } = whole()
    expect(['Иванов', '0', '-1', '1.5', '12'].map((text) => read([text]))).toEqual([0, 0, 0, 0, 12])
  })
})

describe('views', () => {
  it('are the same in any order of parameters', () => {
    expect(sameQuery('a=1&b=2&b=3', 'b=3&b=2&a=1')).toBe(true)
    expect(sameQuery('a=1', 'a=1&b=2')).toBe(false)
  })
})

describe('pages', () => {
  it('lead back the way one came, and begin anew with another question', () => {
    const { result, rerender } = renderHook(({ key }) => usePages(key), { initialProps: { key: 'people:1' } })
    act(() => result.current.turn(50, 'two').next())
    act(() => result.current.turn(50, 'three').next())
    act(() => result.current.turn(50, undefined).back())
    expect(result.current).toMatchObject({ token: 'two', index: 1 })
    rerender({ key: 'people:2' })
    expect(result.current).toMatchObject({ token: '', index: 0 })
  })

  it('are where they were for whoever comes back', () => {
    const first = renderHook(() => usePages('people:3'))
    act(() => first.result.current.turn(50, 'two').next())
    first.unmount()
    expect(renderHook(() => usePages('people:3')).result.current.token).toBe('two')
  })
})

describe('columns', () => {
  const columns = [{ key: 'name', always: true }, { key: 'city' }, { key: 'state' }]

  it('come in the kept order, without those that are gone, with those that cannot be hidden', () => {
    expect(readChoice('["state","gone","city"]', columns)).toEqual(['name', 'state', 'city'])
    expect(readChoice('["city","name"]', columns)).toEqual(['city', 'name'])
  })

  it('are the usual ones when nothing readable was kept', () => {
    expect(readChoice(null, columns)).toBeNull()
    expect(readChoice('{', columns)).toBeNull()
    expect(readChoice('7', columns)).toBeNull()
  })
})

describe('history', () => {
  it('takes back and does again', () => {
    const { result } = renderHook(() => useHistory('a'))
    act(() => result.current.change('b'))
    act(() => result.current.change((now) => `${now}c`))
    act(() => result.current.undo())
    expect(result.current).toMatchObject({ value: 'b', canUndo: true, canRedo: true })
    act(() => result.current.redo())
    expect(result.current).toMatchObject({ value: 'bc', canRedo: false })
    act(() => result.current.undo())
    act(() => result.current.change('d'))
    expect(result.current).toMatchObject({ value: 'd', canRedo: false })
  })

  it('takes what was typed into one field back at once', () => {
    const { result } = renderHook(() => useHistory('a'))
    for (const text of ['ab', 'abc']) act(() => result.current.change(text, { merge: 'title' }))
    act(() => result.current.change('abcd', { merge: 'other' }))
    act(() => result.current.undo())
    expect(result.current.value).toBe('abc')
    act(() => result.current.undo())
    expect(result.current).toMatchObject({ value: 'a', canUndo: false })
  })
})
