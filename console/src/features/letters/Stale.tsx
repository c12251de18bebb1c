/** Two people wrote at once: both are shown, one of them is chosen. */
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Template } from '@/api/schema'
import { Shape } from '@/ui/Shape'
import { Shown } from '@/ui/states'
import { Moment } from '@/ui/words'
import type { Letter } from './letter'
import type { useLetterActs } from './queries'

export function Stale({
  id,
  mine,
  acts,
  theirs,
  keep,
}: {
  id: string
  mine: Letter
  acts: ReturnType<typeof useLetterActs>
  theirs(latest: Template): void
  keep(latest: Template): void
}) {
  const { t } = useTranslation()
  const found = useQuery({
    queryKey: ['letter', id, 'latest'],
    queryFn: acts.again,
    gcTime: 0,
    staleTime: 0,
  })
  const said = (subject: string, blocks: number) => t('letters.staleSide', { subject, count: blocks })
  return (
    <Alert
      type="warning"
      title={t('states.status.412')}
      description={
        <Shown found={found} shape={<Shape rows={2} />}>
          {(other) => (
            <>
              <p>
                {t('states.stale.mine')}: {said(mine.subject, mine.blocks.length)}
              </p>
              <p>
                {t('states.stale.theirs')}, <Moment time={other.update_time} relative />:{' '}
                {said(other.draft?.subject ?? '', other.draft?.blocks?.length ?? 0)}
              </p>
              <div className="row">
                <Button onClick={() => theirs(other)}>{t('states.stale.take')}</Button>
                <Button type="primary" onClick={() => keep(other)}>
                  {t('states.stale.keep')}
                </Button>
              </div>
            </>
          )}
        </Shown>
      }
    />
  )
}
