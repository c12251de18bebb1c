/** What will happen, with numbers, before it happens, and the button that makes it happen. */

import { useQuery } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useOperation } from '@/api/operations'
import { Problem } from '@/api/problem'
import type { Import } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { Failure } from '@/ui/states'
import { Moment } from '@/ui/words'
import { importQuery, useCommit, useRefresh, useRemap } from './queries'
import { type Step, willTake } from './steps'
import { saysWho } from './targets'
import type { Choice } from './useChoice'

const SOON = 1000

interface Props {
  found: Import
  at: Step
  go(step: Step): void
  mapping: Choice
}

export function Foot({ found, at, go, mapping }: Props) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { counts } = found
  if (found.state === 'failed') return <Anew />
  if (found.state === 'reading' || !counts) return <span className="soft">{t('imports.foot.leave')}</span>
  if (at === 'columns' && mapping.changed.length > 0) return <Again found={found} mapping={mapping} />
  const taken = willTake(found.dry_run ?? counts)
  const refused = counts.rows - taken
  const effect = (
    <span>
      <strong className="figure">
        {taken === 0 ? t('imports.foot.nothing') : t('imports.foot.taken', { count: taken, number: number(taken) })}
      </strong>
      {refused > 0 && taken > 0 ? (
        <span className="verdict-refused">
          {' · '}
          {t('imports.foot.refused', { count: refused, number: number(refused) })}
        </span>
      ) : null}
    </span>
  )
  const next = (step: Step): ReactNode => (
    <Button type="primary" onClick={() => go(step)}>
      {t(`imports.foot.${step}`)}
    </Button>
  )
  if (at === 'result') {
    return (
      <>
        <span className="soft">
          {found.expire_time ? (
            <>
              {t('imports.foot.kept')} <Moment time={found.expire_time} />
            </>
          ) : null}
        </span>
        {found.state === 'cancelled' ? next('trial') : found.state === 'committing' ? null : <Anew />}
      </>
    )
  }
  if (found.state === 'committed') {
    return (
      <>
        <span className="soft">
          {t('imports.result.committed')} <Moment time={found.commit_time} />
        </span>
        {next('result')}
      </>
    )
  }
  return (
    <>
      {effect}
      {at === 'columns' ? next('rows') : at === 'rows' ? next('trial') : <Write found={found} taken={taken} />}
    </>
  )
}

function Anew() {
  const { t } = useTranslation()
  return (
    <Link to="/base/imports/new">
      <Button>{t('imports.foot.anew')}</Button>
    </Link>
  )
}

function Write({ found, taken }: { found: Import; taken: number }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { message } = App.useApp()
  const commit = useCommit(found.id)
  const refresh = useRefresh(found.id)
  const may = useMay('imports.commit')
  const [sent, setSent] = useState<string>()
  const ended = useOperation(sent, () => {
    setSent(undefined)
    void refresh()
  })
  // The answer comes before the work begins: look until the import is being written, which leads to the result.
  useQuery({ ...importQuery(found.id), refetchInterval: sent ? SOON : false })
  const write = () =>
    commit.mutate(found.etag, {
      onSuccess: (operation) => setSent(operation.id),
      onError: (failure) => {
        // Somebody corrected rows meanwhile: what was tried is not what would be written.
        if (failure instanceof Problem && failure.status === 412) {
          void message.warning(t('imports.foot.stale'))
          void refresh()
        }
      },
    })
  if (!may) return <span className="soft">{t('imports.foot.noRight')}</span>
  const failure = commit.error ?? (ended?.error ? new Problem(409, { code: ended.error.reason }) : null)
  return (
    <span className="import-acts">
      {failure && !sent ? <Failure failure={failure} small /> : null}
      <Button
        type="primary"
        disabled={!found.dry_run || taken === 0}
        loading={commit.isPending || sent !== undefined}
        // The second press of a double one was meant for the button that stood here before.
        onClick={(event) => event.detail < 2 && write()}
      >
        {t('imports.foot.write', { count: taken, number: number(taken) })}
      </Button>
    </span>
  )
}

/** Columns were chosen otherwise than the file was read: it is read again, without a second upload. */
function Again({ found, mapping }: { found: Import; mapping: Choice }) {
  const { t } = useTranslation()
  const remap = useRemap(found.id)
  const whole = saysWho(mapping.choice)
  return (
    <>
      <span>
        <strong>{t('imports.columns.changed', { count: mapping.changed.length })}</strong>{' '}
        <span className={whole ? 'soft' : 'verdict-refused'}>
          {t(whole ? 'imports.columns.again' : 'imports.columns.nobody')}
        </span>
        {remap.error ? <Failure failure={remap.error} small /> : null}
      </span>
      <span className="import-acts">
        <Button onClick={mapping.reset} disabled={remap.isPending}>
          {t('imports.columns.restore')}
        </Button>
        <Button
          type="primary"
          disabled={!whole}
          loading={remap.isPending}
          onClick={() =>
            remap.mutate({ choice: mapping.choice, etag: found.etag }, { onSuccess: () => mapping.reset() })
          }
        >
          {t('imports.columns.read')}
        </Button>
      </span>
    </>
  )
}
