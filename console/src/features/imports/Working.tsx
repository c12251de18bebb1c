/** Long work as it goes on: how far it is, a way to stop it, and why it ended when it ended badly. */
import { notifyManager } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOperation } from '@/api/operations'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { useCancel } from './queries'
import { useReason } from './useReason'

interface Props {
  operation: string
  title: string
  /** What may be done meanwhile, and what a stop leaves behind. */
  advice: string
  /** Look anew at what it worked on: a screen that tells the end itself does so before it is told here. */
  done(): Promise<unknown>
  /** Begin again after it ended badly. */
  again?(): void
}

export function Working({ operation, title, advice, done, again }: Props) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const reason = useReason()
  const cancel = useCancel()
  const mayCancel = useMay('operations.cancel')
  const [looked, setLooked] = useState('')
  const now = useOperation(operation, () => {
    // After whoever shows what was looked at: most ends take this piece away.
    void done().then(() => notifyManager.schedule(() => setLooked(operation)))
  })
  const { done: passed = 0, total = 0 } = now?.progress ?? {}
  const stopping = now?.cancelling || cancel.isPending
  if (now?.done && now.error && looked === operation) {
    return (
      <div className="paper import-working" role="alert">
        <h2>{t(now.error.reason === 'CANCELLED' ? 'imports.working.stopped' : 'imports.working.failed')}</h2>
        {now.error.reason === 'CANCELLED' ? null : <p>{reason(now.error.reason)}</p>}
        {again ? <Button onClick={again}>{t('imports.working.again')}</Button> : null}
      </div>
    )
  }
  return (
    <div className="paper import-working" role="status" aria-label={title}>
      <h2>{title}</h2>
      <Progress
        percent={total > 0 ? Math.min((passed / total) * 100, 100) : 0}
        showInfo={false}
        status="active"
        aria-label={title}
      />
      <p className="figure">
        {total > 0
          ? t('imports.working.progress', { done: number(passed), total: number(total) })
          : passed > 0
            ? t('imports.working.passed', { count: passed, number: number(passed) })
            : t('imports.working.begins')}
      </p>
      <p className="soft">{advice}</p>
      {mayCancel ? (
        <Button onClick={() => cancel.mutate(operation)} disabled={stopping || now?.done}>
          {t(stopping ? 'imports.working.stopping' : 'imports.working.stop')}
        </Button>
      ) : null}
    </div>
  )
}
