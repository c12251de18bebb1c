/** Undo and redo of one value, for builders. */
import { useCallback, useMemo, useState } from 'react'

const DEPTH = 100

interface Told<T> {
  past: readonly T[]
  value: T
  future: readonly T[]
  merge?: string
}

export interface History<T> {
  value: T
  /** Change the value; changes with the same `merge` in a row (typing into one field) are one step. */
  change(next: T | ((value: T) => T), options?: { merge?: string }): void
  undo(): void
  redo(): void
  canUndo: boolean
  canRedo: boolean
  /** Begin anew from a value, such as the one that the server holds. */
  reset(value: T): void
}

export function useHistory<T>(initial: T | (() => T)): History<T> {
  const [told, setTold] = useState<Told<T>>(() => ({
    past: [],
    value: initial instanceof Function ? initial() : initial,
    future: [],
  }))
  const change = useCallback<History<T>['change']>((next, options) => {
    setTold((now) => {
      const value = next instanceof Function ? next(now.value) : next
      if (Object.is(value, now.value)) return now
      const same = options?.merge !== undefined && options.merge === now.merge
      const past = same ? now.past : [...now.past, now.value].slice(-DEPTH)
      return { past, value, future: [], merge: options?.merge }
    })
  }, [])
  const undo = useCallback(() => {
    setTold((now) => {
      const value = now.past.at(-1)
      if (now.past.length === 0) return now
      return { past: now.past.slice(0, -1), value: value as T, future: [now.value, ...now.future] }
    })
  }, [])
  const redo = useCallback(() => {
    setTold((now) => {
      if (now.future.length === 0) return now
      return { past: [...now.past, now.value], value: now.future[0] as T, future: now.future.slice(1) }
    })
  }, [])
  const reset = useCallback((value: T) => setTold({ past: [], value, future: [] }), [])
  return useMemo(
    () => ({
      value: told.value,
      change,
      undo,
      redo,
      reset,
      canUndo: told.past.length > 0,
      canRedo: told.future.length > 0,
    }),
    [told, change, undo, redo, reset],
  )
}
