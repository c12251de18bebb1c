/** A declared period in which some things are held back: one quiet line above every screen while it stands. */
import { PauseCircleOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Principal } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { meQuery } from './session'

/** The server tells a period a minute before it begins: who asks as often never learns it too late. */
const FRESH = 60_000

const freezesOf = (me: Principal) => me.freezes

/** Return how to say what a period holds back. */
export function useHeldBack(): (scopes: readonly string[]) => string {
  const { t, i18n } = useTranslation()
  return (scopes) =>
    new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(scopes.map((each) => t(`frame.held.${each}`)))
}

export function HeldBack() {
  const { t } = useTranslation()
  const { moment } = useFormat()
  const heldBack = useHeldBack()
  const { data: freezes = [] } = useQuery({
    ...meQuery,
    select: freezesOf,
    retryOnMount: false,
    refetchInterval: FRESH,
  })
  const lines = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    // Screens that fill the window leave room for the lines, however many there are and however they wrap.
    const root = document.documentElement.style
    const watch = new ResizeObserver(() => root.setProperty('--held', `${lines.current?.offsetHeight ?? 0}px`))
    if (lines.current) watch.observe(lines.current)
    return () => {
      watch.disconnect()
      root.removeProperty('--held')
    }
  }, [])
  return (
    <div ref={lines}>
      {freezes.map((each) => (
        <p key={each.id} className="held" role="status">
          <PauseCircleOutlined aria-hidden />
          <span>
            {t('frame.held.until', { time: moment(each.end_time ?? '') })}: <bdi>{each.title}</bdi>
          </span>
          <span className="soft">{heldBack(each.scopes)}</span>
        </p>
      ))}
    </div>
  )
}
