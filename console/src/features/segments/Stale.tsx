/** Somebody else saved the segment meanwhile: both sides in words, and a choice. */
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { Segment } from '@/api/schema'
import { Shape } from '@/ui/Shape'
import { Shown } from '@/ui/states'
import { Moment } from '@/ui/words'

interface Props {
  id: string
  mine: { name: string; sentence?: Readonly<Record<string, string>> }
  busy: boolean
  /** Save over what is shown. */
  keep(theirs: Segment): void
  /** Go on from what the server holds. */
  take(theirs: Segment): void
}

export function Stale({ id, mine, busy, keep, take }: Props) {
  const { t, i18n } = useTranslation()
  const found = useQuery({
    queryKey: ['segment', id, 'latest'],
    queryFn: ({ signal }) => answer(api.GET('/v1/segments/{segment}', { params: { path: { segment: id } }, signal })),
    gcTime: 0,
    staleTime: 0,
  })
  const said = (name: string, sentence?: Readonly<Record<string, string>>) =>
    [name, sentence?.[i18n.language] ?? sentence?.en].filter(Boolean).join(': ')
  return (
    <Alert
      className="segment-stale"
      type="warning"
      title={t('states.status.412')}
      description={
        <Shown found={found} shape={<Shape rows={2} />}>
          {(theirs) => (
            <>
              <p>
                {t('states.stale.mine')}: <bdi>{said(mine.name, mine.sentence)}</bdi>
              </p>
              <p>
                {t('states.stale.theirs')}, <Moment time={theirs.update_time} relative />:{' '}
                <bdi>{said(theirs.name, theirs.sentences)}</bdi>
              </p>
              <div className="row">
                <Button onClick={() => take(theirs)} disabled={busy}>
                  {t('states.stale.take')}
                </Button>
                <Button type="primary" loading={busy} onClick={() => keep(theirs)}>
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
