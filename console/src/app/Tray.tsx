/**
 * Long work: what runs and what has just ended. It is the server's list, so it survives a reload and another tab.
 */
import { ClockCircleOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Badge, Button, Popover, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import { useOperation } from '@/api/operations'
import type { Operation } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Failure } from '@/ui/states'
import { Moment } from '@/ui/words'
import { useSession } from './session'

const BUSY = 3_000
const IDLE = 20_000
const SHOWN = 12

/** Return where a piece of work can be looked at. */
export function placeOf(operation: Operation): string | null {
  const area = operation.kind.split('-')[0]
  if (area === 'import') return `/base/imports/${operation.subject}`
  if (area === 'campaign') return `/campaigns/${operation.subject}`
  if (area === 'segment') return `/segments/${operation.subject}`
  return null
}

/** Return the word for a kind of work; kinds that have none share one. */
export function useWork(): (operation: Operation) => string {
  const { t, i18n } = useTranslation()
  return (operation) => {
    const own = `frame.work.kinds.${operation.kind}`
    return i18n.exists(own) ? t(own) : t('frame.work.other')
  }
}

export function Tray() {
  const { t } = useTranslation()
  const { can } = useSession()
  const [open, setOpen] = useState(false)
  const found = useQuery({
    queryKey: ['operations', 'mine'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/operations', { params: { query: { mine: true, page_size: SHOWN } }, signal })),
    enabled: can('operations.read'),
    refetchInterval: (query) => (query.state.data?.items.some((each) => !each.done) ? BUSY : IDLE),
  })
  const operations = found.data?.items ?? []
  const running = operations.filter((each) => !each.done).length
  useTold(found.data?.items)
  if (!can('operations.read')) return null
  const list = (
    <div className="tray">
      {found.error && !found.data ? <Failure failure={found.error} again={() => void found.refetch()} small /> : null}
      {found.data && operations.length === 0 ? <p className="soft">{t('frame.work.none')}</p> : null}
      {operations.map((each) => (
        <Work key={each.id} operation={each} close={() => setOpen(false)} />
      ))}
    </div>
  )
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      title={t('frame.work.title')}
      content={open ? list : null}
    >
      <Button
        type="text"
        aria-label={t('frame.work.door', { count: running })}
        icon={
          <Badge count={running} size="small">
            <ClockCircleOutlined className="bar-icon" />
          </Badge>
        }
      />
    </Popover>
  )
}

/** One piece of work, followed while it runs. */
export function Work({ operation, close }: { operation: Operation; close?: () => void }) {
  const { t } = useTranslation()
  const { can } = useSession()
  const { number } = useFormat()
  const word = useWork()
  const queries = useQueryClient()
  const live = useOperation(operation.done ? undefined : operation.id, () => {
    void queries.invalidateQueries({ queryKey: ['operations'] })
  })
  const cancel = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/operations/{operation}:cancel', { params: { path: { operation: operation.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['operations'] }),
  })
  const now = live ?? operation
  const place = placeOf(now)
  const { done = 0, total = 0, unit = '' } = now.progress ?? {}
  const percent = total ? Math.round((100 * done) / total) : 0
  const counted = t(`frame.work.units.${unit || 'steps'}`, { count: done, done: number(done), total: number(total) })
  return (
    <div className="work">
      <div className="work-head">
        {place ? (
          <Link to={place} onClick={close}>
            {word(now)}
          </Link>
        ) : (
          <span>{word(now)}</span>
        )}
        <span className="soft">
          <Moment time={now.update_time ?? now.create_time} relative />
        </span>
      </div>
      {now.done ? (
        <span className={now.error ? 'bad' : 'soft'}>{now.error ? t('frame.work.failed') : t('frame.work.done')}</span>
      ) : (
        <div className="work-progress">
          <Progress percent={percent} size="small" showInfo={false} aria-label={word(now)} />
          <span className="soft figure">
            {now.cancelling ? t('frame.work.cancelling') : total ? counted : t('frame.work.begun')}
          </span>
          {can('operations.cancel') && !now.cancelling ? (
            <Button size="small" type="link" onClick={() => cancel.mutate()} loading={cancel.isPending}>
              {t('frame.work.cancel')}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  )
}

/** Tell once of work that ended since the last look. */
function useTold(operations: readonly Operation[] | undefined) {
  const { notification } = App.useApp()
  const { t } = useTranslation()
  const word = useWork()
  const running = useRef(new Set<string>())
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new list is news
  useEffect(() => {
    for (const each of operations ?? []) {
      if (!each.done) running.current.add(each.id)
      else if (running.current.delete(each.id)) {
        const place = placeOf(each)
        notification[each.error ? 'warning' : 'success']({
          key: each.id,
          title: word(each),
          description: each.error ? t('frame.work.failed') : t('frame.work.done'),
          actions: place ? <Link to={place}>{t('frame.work.look')}</Link> : undefined,
        })
      }
    }
  }, [operations])
}
