/** The live effect of a rule: how many, reach and losses per channel, the rule as a sentence, a sample by name. */
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ReachFilter, ReachTerms, SegmentPreview } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { PeopleBehind } from '@/ui/PeopleBehind'
import { PersonName } from '@/ui/PersonName'
import { mainWorkplace, today } from '@/ui/people'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import { usePeople } from './queries'
import type { Rule } from './rule'

interface Found {
  data: SegmentPreview | undefined
  error: unknown
  isFetching: boolean
  refetch: () => unknown
}

interface Props {
  found: Found
  /** What was counted. */
  rule: Rule
  terms: ReachTerms
  note?: string
  /** It has a page to itself: the sample stands beside the rest. */
  wide?: boolean
}

export function Effect({ found, rule, terms, note, wide }: Props) {
  const { t, i18n } = useTranslation()
  const { share } = useFormat()
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} small />
  if (!found.data) return note ? <p className="soft">{note}</p> : <Shape />
  const { count, reach, sentences, sample } = found.data
  const titleOf = (channel: string, what: string) => `${t(`people.channels.${channel}`)}: ${what}`
  const sentence = (sentences as Record<string, string>)[i18n.language] ?? (sentences as Record<string, string>).en
  return (
    <div className={wide ? 'effect effect-wide' : 'effect'} aria-busy={found.isFetching}>
      <div>
        <div className="effect-count figure" role="status">
          <PeopleBehind value={count} title={t('segments.fit')} rule={rule} />
        </div>
        <span className="soft">{note ?? t('segments.people', { count })}</span>
      </div>
      <p>{sentence}</p>
      <section>
        <h2>{t('segments.reach.title')}</h2>
        <table className="effect-reach">
          <tbody>
            {reach.map((each) => (
              <tr key={each.channel}>
                <th scope="row">
                  {t(`people.channels.${each.channel}`)}
                  <ul className="effect-losses">
                    {each.losses
                      .filter((loss) => loss.count > 0 && each.reachable > 0)
                      .map((loss) => (
                        <li key={loss.reason} className="figure">
                          <PeopleBehind
                            value={loss.count}
                            sign="−"
                            title={titleOf(each.channel, t(`segments.losses.${loss.reason}`))}
                            rule={rule}
                            reach={{ channel: each.channel, standing: loss.reason, terms } as ReachFilter}
                          />{' '}
                          {t(`segments.losses.${loss.reason}`)}
                        </li>
                      ))}
                  </ul>
                </th>
                <td>
                  <Tooltip title={t('segments.reach.formula')}>
                    <span>
                      <PeopleBehind
                        value={each.reachable}
                        title={titleOf(each.channel, t('segments.reach.title'))}
                        rule={rule}
                        reach={{ channel: each.channel, standing: 'reachable', terms } as ReachFilter}
                      />
                    </span>
                  </Tooltip>
                </td>
                <td className="soft figure">{each.reachable ? share(each.reachable, count) : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {sample.length ? <Sample ids={sample} /> : null}
    </div>
  )
}

function Sample({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation()
  const { data, error, refetch } = usePeople(ids)
  const now = today()
  return (
    <section>
      <h2>{t('segments.sample', { count: ids.length })}</h2>
      {data ? (
        <ul className="effect-sample">
          {data.profiles.map((each) => (
            <li key={each.id}>
              <PersonName person={each} to={`/clients/${each.id}`} />
              <span className="soft">{mainWorkplace(each.affiliations, now)?.organisation_name}</span>
            </li>
          ))}
        </ul>
      ) : error ? (
        <Failure failure={error} again={() => void refetch()} small />
      ) : (
        <Shape rows={5} />
      )}
    </section>
  )
}
