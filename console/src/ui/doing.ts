/** Something done at a click that no form stands for: once at a time, and told in passing when it fails. */
import { App } from 'antd'
import { useCallback, useRef, useState } from 'react'
import { useSentence } from './states'

export interface Doing {
  busy: boolean
  /** Do it, unless something is being done already; answers whether it was done. */
  go(act: () => Promise<unknown>): Promise<boolean>
}

export function useDoing(): Doing {
  const { message } = App.useApp()
  const sentence = useSentence()
  const latest = useRef(sentence)
  latest.current = sentence
  const under = useRef(false)
  const [busy, setBusy] = useState(false)
  const go = useCallback(
    async (act: () => Promise<unknown>) => {
      // A second press may come before the button has shown that it is busy.
      if (under.current) return false
      under.current = true
      setBusy(true)
      try {
        await act()
        return true
      } catch (failure) {
        void message.error(latest.current(failure).title)
        return false
      } finally {
        under.current = false
        setBusy(false)
      }
    },
    [message],
  )
  return { busy, go }
}
