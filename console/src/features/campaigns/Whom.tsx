/** Who receives it: a segment, whom of it a letter reaches, a few of them by name. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { answer, api } from '@/api/client'
import { useSession } from '@/app/session'
import { PersonName } from '@/ui/PersonName'
import { Failure, Nothing, Shown } from '@/ui/states'
import { SegmentPicker } from '@/ui/terms'
import { Moment } from '@/ui/words'
import type { useCheck } from './queries'
import { Reach } from './Reach'
import type { Draft } from './state'

const SHOWN = 8

interface Props {
  draft: Draft
  change(fields: Partial<Draft>): void
  check: ReturnType<typeof useCheck>
}

export function Whom({ draft, change, check }: Props) {
  const { t } = useTranslation()
  const { can } = useSession()
  return (
    <div className="campaign-whom">
      <section className="paper">
        <h2>{t('campaigns.segment')}</h2>
        <SegmentPicker
          many={false}
          autoFocus={!draft.segment}
          value={draft.segment ? [draft.segment] : []}
          change={([segment]) => change({ segment: segment ?? '' })}
          label={t('campaigns.chooseSegment')}
        />
        {draft.segment ? <Words segment={draft.segment} /> : <p className="soft">{t('campaigns.segmentHint')}</p>}
        {can('segments.edit') ? <Link to="/segments/new">{t('campaigns.newSegment')}</Link> : null}
      </section>
      <section className="paper" aria-label={t('campaigns.reachTitle')}>
        <h2>{t('campaigns.reachTitle')}</h2>
        {draft.segment ? <Reach settings={draft} check={check} /> : <Nothing text={t('campaigns.noSegment')} />}
      </section>
    </div>
  )
}

function Words({ segment }: { segment: string }) {
  const { t, i18n } = useTranslation()
  const { can } = useSession()
  const found = useQuery({
    queryKey: ['segment', segment, 'words'],
    queryFn: ({ signal }) => answer(api.GET('/v1/segments/{segment}', { params: { path: { segment } }, signal })),
  })
  const members = useQuery({
    queryKey: ['segment', segment, 'some'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/segments/{segment}/members', {
          params: { path: { segment }, query: { page_size: SHOWN, fields: ['attributes'] } },
          signal,
        }),
      ),
    enabled: can('profiles.read'),
  })
  return (
    <Shown found={found} shape={<p className="soft">…</p>}>
      {(known) => (
        <>
          <p className="segment-words">{known.sentences[i18n.language] ?? known.sentences.en ?? ''}</p>
          <Link to={`/segments/${segment}`}>{t('campaigns.openSegment')}</Link>
          {known.member_time ? (
            <p className="soft">
              {t('campaigns.countedAt')} <Moment time={known.member_time} relative />
            </p>
          ) : null}
          {members.error && !members.data ? (
            <Failure failure={members.error} again={() => void members.refetch()} small />
          ) : null}
          {members.data?.items.length ? (
            <>
              <h3>{t('campaigns.some')}</h3>
              <ul className="some">
                {members.data.items.map((each) => (
                  <li key={each.id}>
                    <PersonName person={each} to={`/clients/${each.id}`} />
                  </li>
                ))}
              </ul>
            </>
          ) : null}
        </>
      )}
    </Shown>
  )
}
