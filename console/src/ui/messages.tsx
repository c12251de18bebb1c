/** What became of a message, in a marketer's words. */
import { useTranslation } from 'react-i18next'
import type { Message } from '@/api/schema'
import type { Outcome } from '@/theme'
import { OutcomeWord } from './words'

type Known = Pick<Message, 'state' | 'outcome' | 'reason'>

const OWN: readonly string[] = ['delivered', 'bounced', 'failed', 'unconfirmed']

/** Return the fixed outcome of a message: every gate that stopped it is `stopped`. */
export function outcomeOf({ state, outcome }: Pick<Message, 'state' | 'outcome'>): Outcome {
  if (outcome) return OWN.includes(outcome) ? (outcome as Outcome) : 'stopped'
  return state === 'held' ? 'held' : 'pending'
}

/** Return how to say why a message ended as it did; a delivered one needs no reason. */
export function useReason(): (message: Known) => string {
  const { t, i18n } = useTranslation()
  return ({ outcome, reason }) => {
    if (outcome === 'delivered' && reason === 'accepted') return ''
    for (const key of [`messages.reasons.${reason}`, `messages.outcomes.${outcome}`]) {
      if (i18n.exists(key)) return t(key)
    }
    return reason
  }
}

/** An outcome with its reason beside it. */
export function OutcomeWithReason({ message }: { message: Known }) {
  const reason = useReason()(message)
  return (
    <span className="outcome-why">
      <OutcomeWord outcome={outcomeOf(message)} />
      {reason ? <span className="soft">{reason}</span> : null}
    </span>
  )
}
