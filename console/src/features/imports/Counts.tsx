/** What a commit does, or did: people by what became of them, each figure opening its rows, and how rows add up. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ImportCounts } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Failure } from '@/ui/states'
import { type Action, rowsOf, useQuality } from './queries'

const ACTIONS: readonly Action[] = ['created', 'updated', 'merged', 'unchanged', 'refused']

export function Counts({ id, counts, past }: { id: string; counts: ImportCounts; past?: boolean }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { data: quality, error, refetch } = useQuality(id)
  const repeated = quality?.duplicate_rows ?? 0
  const parts = [
    t('imports.sum.rows', { count: counts.rows, number: number(counts.rows) }),
    repeated > 0 ? t('imports.sum.repeated', { count: repeated, number: number(repeated) }) : '',
  ]
  return (
    <section aria-label={t(past ? 'imports.sum.did' : 'imports.sum.would')}>
      <ul className="import-counts">
        {ACTIONS.map((action) => {
          const count = counts[action]
          return (
            <li key={action} className={`paper${count === 0 ? ' import-counts-none' : ''}`}>
              {count === 0 ? (
                <span className="import-figure figure">{number(0)}</span>
              ) : (
                <Link className="import-figure figure" to={rowsOf(id, action, past)}>
                  {number(count)}{' '}
                  <small>{t(action === 'refused' ? 'imports.sum.ofRows' : 'imports.sum.ofPeople', { count })}</small>
                </Link>
              )}
              <strong>{t(past ? `imports.did.${action}` : `imports.actions.${action}`)}</strong>
              <span className="soft">{t(`imports.actionsWhy.${action}`)}</span>
            </li>
          )
        })}
      </ul>
      {error && !quality ? <Failure failure={error} again={() => void refetch()} small /> : null}
      <p className="soft figure">{parts.filter(Boolean).join(' ')}</p>
    </section>
  )
}
