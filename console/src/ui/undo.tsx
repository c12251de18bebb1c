/** A reversible action just happens; for a while its undo is offered. */
import { App, Button } from 'antd'
import { useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useKeys } from './keys'
import { useSentence } from './states'

const SECONDS = 10

/** Return a function that says what happened and offers to take it back. */
export function useUndo(): (done: string, revert: () => Promise<unknown>) => void {
  const { message } = App.useApp()
  const { t } = useTranslation()
  const count = useRef(0)
  const sentence = useSentence()
  const latest = useRef(sentence)
  latest.current = sentence
  return useCallback(
    (done, revert) => {
      count.current += 1
      const key = `undo-${count.current}`
      let taken = false
      const back = async () => {
        // The offer is still on the screen while it goes away.
        if (taken) return
        taken = true
        message.destroy(key)
        try {
          await revert()
          void message.success(t('layouts.undo.done'))
        } catch (failure) {
          void message.error(latest.current(failure).title)
        }
      }
      void message.open({
        key,
        type: 'success',
        duration: SECONDS,
        content: <Offer done={done} back={() => void back()} />,
      })
    },
    [message, t],
  )
}

function Offer({ done, back }: { done: string; back(): void }) {
  const { t } = useTranslation()
  useKeys([{ key: 'u', word: t('layouts.undo.undo'), act: back }])
  return (
    <>
      {done}{' '}
      <Button size="small" type="link" onClick={back} aria-keyshortcuts="u">
        {t('layouts.undo.undo')} <kbd>U</kbd>
      </Button>
    </>
  )
}
