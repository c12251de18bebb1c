/** What became of a campaign's messages, as one bar; every part also in words. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Campaign } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import type { Outcome } from '@/theme'
import { OutcomeWord } from '@/ui/words'
import { partsOf } from './state'

/** `log` is the address of the campaign's log: with it, every word opens its people. */
export function OutcomeBar({
  progress,
  log,
  short,
  over,
}: {
  progress: Campaign['progress']
  log?: string
  short?: boolean
  /** It was stopped: whoever has no outcome will never have one, nor a line in the log. */
  over?: boolean
}) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const parts = partsOf(progress?.outcomes ?? {}, progress?.audience ?? 0)
  const known = (progress?.audience ?? 0) > 0
  const never = (outcome: Outcome) => over === true && outcome === 'pending'
  const word = (outcome: Outcome) => t(never(outcome) ? 'campaigns.neverSent' : `outcomes.${outcome}`)
  const words = parts.map((each) => `${word(each.outcome)}: ${number(each.count)}`)
  if (!known) return <span className="soft">—</span>
  const [first] = parts
  const shown = short && first ? [first] : parts
  return (
    <div className="outcomes" title={short ? words.join(' · ') : undefined}>
      <div className="outcomes-bar" role="img" aria-label={words.join(', ')}>
        {parts.map((each) => (
          <i key={each.outcome} className={`part-${each.outcome}`} style={{ flexGrow: each.count }} />
        ))}
      </div>
      <div className="outcomes-words">
        {shown.map((each) => (
          <span key={each.outcome}>
            {never(each.outcome) ? (
              <span className="soft">{word(each.outcome)}</span>
            ) : (
              <OutcomeWord outcome={each.outcome} />
            )}{' '}
            {log && !never(each.outcome) ? (
              <Link className="figure" to={`${log}&result=${each.outcome}`}>
                {number(each.count)}
              </Link>
            ) : (
              <span className="figure">{number(each.count)}</span>
            )}
          </span>
        ))}
      </div>
    </div>
  )
}
