/** People who may be one person: a steward decides case by case, by one key, and can take a join back. */

import { Alert, App, Button } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MatchCandidate } from '@/api/schema'
import { useMay, useSession } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { QueueLayout } from '@/layouts/Queue'
import { useKeys } from '@/ui/keys'
import { useCatalogue } from '@/ui/known'
import { fullName, isolated } from '@/ui/people'
import { Failure, Nothing, PageSkeleton } from '@/ui/states'
import './doubles.css'
import { Case } from './Case'
import { useCases, useDecide, useDecided, usePart } from './queries'

const WHOLE = '*'
/** Cases left in hand at which the next ones are asked for. */
const FEW = 5
const UNDOABLE = 10

interface Join {
  title: string
  survivor: string
  others: readonly string[]
}

export function Screen() {
  const { t } = useTranslation()
  const { workspace, me, choose } = useSession()
  if (workspace === WHOLE) return <Queue />
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('doubles.title')}</h1>
      </header>
      <Nothing text={t('doubles.whole')}>
        {me.workspaces.includes(WHOLE) ? (
          <Button type="primary" onClick={() => void choose(WHOLE)}>
            {t('doubles.open')}
          </Button>
        ) : null}
      </Nothing>
    </div>
  )
}

function Queue() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { message } = App.useApp()
  const may = useMay('profiles.merge')
  const cases = useCases(true)
  const decided = useDecided(true)
  const catalogue = useCatalogue().data ?? []
  const decide = useDecide()
  const part = usePart()
  const [gone, setGone] = useState<readonly string[]>([])
  const [at, setAt] = useState<string | null>(null)
  const [kept, setKept] = useState<string | null>(null)
  const [joins, setJoins] = useState<readonly Join[]>([])
  const waiting = useMemo(
    () => (cases.data?.pages.flatMap((page) => page.items) ?? []).filter((each) => !gone.includes(each.id)),
    [cases.data, gone],
  )
  const current = waiting.find((each) => each.id === at) ?? waiting[0]
  const survivor = current?.profiles.find((person) => person.id === kept)?.id ?? current?.profiles[0]?.id ?? ''
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = cases
  useEffect(() => {
    if (waiting.length < FEW && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [waiting.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const busy = decide.isPending || part.isPending

  const settle = (found: MatchCandidate, survives?: string) => {
    const place = waiting.indexOf(found)
    const next = waiting[place + 1] ?? waiting[place - 1]
    decide.mutate(
      { found, survivor: survives },
      {
        onSuccess: () => {
          setGone((before) => [...before, found.id])
          setAt(next?.id ?? null)
          setKept(null)
          if (!survives) return
          const others = found.profiles.map((person) => person.id).filter((id) => id !== survives)
          const join = { title: titleOf(found, t('people.noName')), survivor: survives, others }
          setJoins((before) => [...before, join].slice(-UNDOABLE))
        },
      },
    )
  }
  const last = joins.at(-1)
  const undo = () => {
    if (!last) return
    part.mutate(last, {
      onSuccess: () => {
        setJoins((before) => before.slice(0, -1))
        void message.success(t('doubles.parted', { title: last.title }))
      },
    })
  }
  useKeys(
    (current?.profiles ?? []).slice(0, 9).map((person, place) => ({
      key: String(place + 1),
      word: t('doubles.keep', { place: place + 1 }),
      off: !may,
      act: () => setKept(person.id),
    })),
  )
  if (cases.error && !cases.data) return <Failure failure={cases.error} again={() => void cases.refetch()} />
  if (!cases.data) return <PageSkeleton />
  const open = Math.max(cases.data.pages[0]?.total ?? 0, waiting.length)
  const done = decided.data ?? 0
  return (
    <QueueLayout
      title={t('doubles.title')}
      done={done}
      total={done + open}
      items={waiting.map((each) => ({
        key: each.id,
        title: <bdi>{titleOf(each, t('people.noName'))}</bdi>,
        note: t(`doubles.notes.${each.reason === 'two-strong-ids' ? each.reason : 'ambiguous-name'}`),
      }))}
      at={current?.id ?? null}
      go={(key) => {
        setAt(key)
        setKept(null)
      }}
      current={
        current ? (
          <>
            {may ? null : <Alert type="info" showIcon title={t('doubles.onlyLook')} />}
            <Case found={current} catalogue={catalogue} survivor={survivor} keep={may ? setKept : undefined} />
          </>
        ) : (
          <Nothing text={done > 0 ? t('doubles.done', { count: done, number: number(done) }) : t('doubles.none')} />
        )
      }
      decide={
        may && current
          ? [
              { key: 'y', label: t('doubles.same'), main: true, act: () => settle(current, survivor) },
              { key: 'n', label: t('doubles.different'), act: () => settle(current) },
            ]
          : []
      }
      undo={last ? { label: t('doubles.undo'), act: undo } : undefined}
      busy={busy}
    />
  )
}

function titleOf({ profiles }: MatchCandidate, nobody: string): string {
  const names = [...new Set(profiles.map((person) => fullName(person) || nobody))]
  return names.map(isolated).join(' / ')
}
