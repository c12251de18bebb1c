/**
 * What is typed is kept by itself.
 *
 * Promise: one save at a time, always of the latest; what failed is said and tried again at the next change or by hand;
 * leaving the screen saves what is not saved yet, leaving the page asks first.
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import { Problem } from '@/api/problem'
import type { Saved } from '@/layouts/Builder'

const PAUSE = 800

export interface Autosave {
  saved: Saved
  /** Save at once what is not saved yet; tells whether all of it is. */
  flush(): Promise<boolean>
  /** The same, for what needs all of it saved: throws why it is not. */
  insist(): Promise<void>
  /** Take this value as what the server holds. */
  settle<T>(value: T): void
}

/** Keep `value` by `save` whenever it changes and `fit` allows it. */
export function useAutosave<T>(value: T, save: (value: T) => Promise<unknown>, fit = true): Autosave {
  const [saved, setSaved] = useState<Saved>({ saving: false })
  const latest = useRef(value)
  const stored = useRef<unknown>(value)
  const way = useRef(save)
  const allowed = useRef(fit)
  const running = useRef<Promise<boolean> | null>(null)
  const why = useRef<unknown>(null)
  latest.current = value
  way.current = save
  allowed.current = fit

  const flush = useCallback((): Promise<boolean> => {
    running.current ??= keep().finally(() => {
      running.current = null
    })
    return running.current
    async function keep(): Promise<boolean> {
      while (!Object.is(latest.current, stored.current)) {
        why.current = new Problem(422, {})
        if (!allowed.current) return false
        const now = latest.current
        setSaved((before) => ({ ...before, saving: true }))
        try {
          await way.current(now)
        } catch (failure) {
          why.current = failure
          setSaved((before) => ({ ...before, saving: false, failure }))
          return false
        }
        stored.current = now
        setSaved({ saving: false, time: new Date().toISOString() })
      }
      return true
    }
  }, [])

  useEffect(() => {
    if (Object.is(value, stored.current) || !fit) return
    const timer = setTimeout(() => void flush(), PAUSE)
    return () => clearTimeout(timer)
  }, [value, fit, flush])
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (!Object.is(latest.current, stored.current)) event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => {
      window.removeEventListener('beforeunload', ask)
      void flush()
    }
  }, [flush])
  const settle = useCallback(<V>(known: V) => {
    stored.current = known
    setSaved({ saving: false })
  }, [])
  const insist = useCallback(async () => {
    if (!(await flush())) throw why.current
  }, [flush])
  return { saved, flush, insist, settle }
}
