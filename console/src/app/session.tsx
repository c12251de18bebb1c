/**
 * Who is signed in, and what happens when the session ends.
 *
 * Promise: the first visit leads to the sign-in and back to the same address; a session that ends later opens the
 * sign-in in a window of its own, and whatever was being sent waits for it (`api/client`).
 */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api, onSessionEnd, workIn } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Principal } from '@/api/schema'
import { Failure } from '@/ui/states'
import { Starting } from './Starting'

interface Session {
  me: Principal
  /** Whether the role allows an action, such as 'profiles.read', from where one works. */
  can(action: string): boolean
  /** The base or '*' that this tab works in. */
  workspace: string
  choose(workspace: string): Promise<void>
  leave(): Promise<void>
}

const Known = createContext<Session | null>(null)
const SIGNED_IN = 'signed-in'
/** What changes things that all bases share: done from the whole installation only. */
const SHARED = new Set(['dictionaries.edit', 'freezes.manage'])

/** Whether the role of somebody allows an action from where he works. */
export function allows(me: Principal, action: string): boolean {
  return me.actions.includes(action) && (me.workspace === '*' || !SHARED.has(action))
}

/** Return the address of the sign-in that leads back to where one is. */
export function signInAddress(back: string): string {
  return `/auth/sign-in?return_to=${encodeURIComponent(back)}`
}

const kept = () => sessionStorage.getItem('workspace') ?? ''

/** Who is here: asked for at once, while the words and the screen are still on their way. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => {
    if (kept()) workIn(kept())
    return answer(api.GET('/v1/me'))
  },
  staleTime: Number.POSITIVE_INFINITY,
  // Without an answer there is nothing to show at all: about a minute.
  retry: (count, failure) => failure instanceof Problem && failure.passing && count < 8,
  retryDelay: 1000,
})

export function SignedIn({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  // It was asked for already: what it was refused with is the answer.
  const found = useQuery({ ...meQuery, retryOnMount: false })
  const failure = found.error
  useEffect(() => {
    if (!(failure instanceof Problem)) return
    if (failure.status === 401) window.location.assign(signInAddress(window.location.pathname + window.location.search))
    else if (kept() && (failure.status === 403 || failure.status === 404)) {
      // A workspace of another person who sat here before.
      sessionStorage.removeItem('workspace')
      workIn('')
      void queries.invalidateQueries({ queryKey: ['me'] })
    }
  }, [failure, queries])

  const choose = useCallback(
    async (workspace: string) => {
      await answer(api.PATCH('/v1/me', { body: { workspace } }))
      workIn(workspace)
      sessionStorage.setItem('workspace', workspace)
      // Everything shown belongs to the workspace before.
      await queries.resetQueries()
    },
    [queries],
  )
  const leave = useCallback(async () => {
    const { location } = await answer(
      api.POST('/auth/sign-out') as Promise<{ data?: { location: string }; response: Response }>,
    )
    // Whoever sits here next finds nothing of this person's: no workspace, no draft.
    sessionStorage.clear()
    window.location.assign(location)
  }, [])
  const me = found.data
  const known = useMemo(
    () =>
      me && {
        me,
        can: (action: string) => allows(me, action),
        workspace: me.workspace,
        choose,
        leave,
      },
    [me, choose, leave],
  )
  if (known) {
    return (
      <Known value={known}>
        {children}
        <Ended />
      </Known>
    )
  }
  if (failure && !(failure instanceof Problem && failure.status === 401)) {
    return <Failure failure={failure} again={() => void found.refetch()} />
  }
  return <Starting />
}

/** Hold everything until somebody has signed in again, beside the work that is on the screen. */
function Ended() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const waiting = useRef<(() => void)[]>([])
  useEffect(() => {
    const channel = new BroadcastChannel(SIGNED_IN)
    channel.onmessage = () => {
      setOpen(false)
      for (const go of waiting.current.splice(0)) go()
    }
    onSessionEnd(
      () =>
        new Promise<void>((resolve) => {
          waiting.current.push(resolve)
          setOpen(true)
        }),
    )
    return () => {
      onSessionEnd(null)
      channel.close()
    }
  }, [])
  const again = () => window.open(signInAddress('/signed-in'), 'consilium-sign-in', 'popup,width=520,height=700')
  return (
    <Modal
      open={open}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={null}
      title={t('frame.ended.title')}
    >
      <p>{t('frame.ended.text')}</p>
      <Button type="primary" onClick={again} autoFocus>
        {t('frame.ended.again')}
      </Button>
    </Modal>
  )
}

/** The page that the sign-in's own window comes back to: tells the others and closes itself. */
export function SignedInAgain() {
  const { t } = useTranslation()
  useEffect(() => {
    const channel = new BroadcastChannel(SIGNED_IN)
    channel.postMessage('')
    channel.close()
    window.close()
  }, [])
  return <p style={{ padding: 24 }}>{t('frame.ended.back')}</p>
}

export function useSession(): Session {
  const known = useContext(Known)
  if (!known) throw new Error('outside of SignedIn')
  return known
}

/** Return whether the role allows an action. */
export function useMay(action: string): boolean {
  return useSession().can(action)
}
