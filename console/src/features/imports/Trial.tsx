/** The dry run: what writing would do, row by row, without doing it. Begins by itself and goes on where it was. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import } from '@/api/schema'
import { Failure, PageSkeleton } from '@/ui/states'
import { Counts } from './Counts'
import { useDryRun, useRefresh } from './queries'
import { Working } from './Working'

export function Trial({ found }: { found: Import }) {
  const { t } = useTranslation()
  const refresh = useRefresh(found.id)
  const run = useDryRun(found.id)
  const { mutate } = run
  const wanted = found.dry_run === null || found.dry_run === undefined
  const asked = useRef('')
  useEffect(() => {
    // Asked once for every state of the import: each correction makes the counts old.
    if (!wanted || asked.current === found.etag) return
    asked.current = found.etag
    mutate()
  }, [wanted, found.etag, mutate])
  if (found.dry_run) return <Counts id={found.id} counts={found.dry_run} />
  if (run.error) return <Failure failure={run.error} again={() => mutate()} />
  if (!run.data) return <PageSkeleton />
  return (
    <Working
      operation={run.data.id}
      title={t('imports.trial.working')}
      advice={t('imports.trial.advice')}
      done={refresh}
      again={() => mutate()}
    />
  )
}
