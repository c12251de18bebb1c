/** Ask before a leave that would lose what is on the screen: another tab, another address, another page. */
import { App } from 'antd'
import { useCallback, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useBlocker } from 'react-router'
import { stayed } from '@/layouts/address'

/** Ask while `busy`; `left` is told when somebody leaves all the same. Returns how to go without being asked. */
export function useLeaving(busy: boolean, title: string, left?: () => void): () => void {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const free = useRef(false)
  const told = useRef(left)
  told.current = left
  const blocker = useBlocker(useCallback(() => busy && !free.current, [busy]))
  useEffect(() => {
    if (!busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [busy])
  useEffect(() => {
    if (blocker.state !== 'blocked') return
    modal.confirm({
      title,
      okText: t('layouts.leave.yes'),
      cancelText: t('layouts.leave.stay'),
      onOk: () => {
        told.current?.()
        blocker.proceed()
      },
      onCancel: () => {
        stayed()
        blocker.reset()
      },
    })
  }, [blocker, modal, title, t])
  return useCallback(() => {
    free.current = true
  }, [])
}
