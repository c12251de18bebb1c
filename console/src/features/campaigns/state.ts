/** What a campaign's figures and states mean: pure readings, the same on every screen of the area. */
import type { Campaign, CampaignSettings, CheckFinding } from '@/api/schema'
import type { Outcome } from '@/theme'
import { outcomeOf } from '@/ui/messages'

export type State = NonNullable<Campaign['state']>

/** Views of the list: which states each of them shows. */
export const VIEWS: readonly { key: string; states: readonly State[] }[] = [
  { key: 'all', states: [] },
  { key: 'drafts', states: ['draft'] },
  { key: 'running', states: ['launching', 'sending', 'paused'] },
  { key: 'over', states: ['done', 'stopped'] },
  { key: 'archived', states: ['archived'] },
]

/** Tell whether its figures change by themselves. */
export function moving(state: State | null | undefined): boolean {
  return state === 'launching' || state === 'sending'
}

const AFTERMATH = 2 * 60_000

/** Tell whether its log and report still catch up: while it moves, and for a while after its end. */
export function settling(campaign: Pick<Campaign, 'state' | 'end_time'>, now = Date.now()): boolean {
  return moving(campaign.state) || (!!campaign.end_time && now - new Date(campaign.end_time).getTime() < AFTERMATH)
}

export function kindOf(state: State): 'good' | 'warn' | 'bad' | 'act' | undefined {
  if (state === 'done') return 'good'
  if (state === 'paused') return 'warn'
  if (state === 'stopped') return 'bad'
  return moving(state) ? 'act' : undefined
}

export interface Part {
  outcome: Outcome
  count: number
}

const ORDER: readonly Outcome[] = ['delivered', 'bounced', 'failed', 'unconfirmed', 'stopped', 'pending']

/** Return people by what became of their message, in the fixed order; those without an outcome are `pending`. */
export function partsOf(outcomes: Readonly<Record<string, number>>, audience: number): Part[] {
  const counts = new Map<Outcome, number>()
  let known = 0
  for (const [code, count] of Object.entries(outcomes)) {
    const outcome = outcomeOf({ state: 'done', outcome: code as never })
    counts.set(outcome, (counts.get(outcome) ?? 0) + count)
    known += count
  }
  if (audience > known) counts.set('pending', audience - known)
  return ORDER.flatMap((outcome) => {
    const count = counts.get(outcome) ?? 0
    return count ? [{ outcome, count }] : []
  })
}

const LEFT = ['delivered', 'bounced', 'unconfirmed']

/** Return how many messages left the house: what a stop cannot take back. */
export function goneOut(outcomes: Readonly<Record<string, number>>): number {
  return LEFT.reduce((sum, code) => sum + (outcomes[code] ?? 0), 0)
}

export const STEPS = ['what', 'whom', 'letter', 'check', 'send'] as const
export type Step = (typeof STEPS)[number]

/** Return the first step of the wizard that is not filled in; `check` when all are. */
export function nextStep(settings: CampaignSettings | null | undefined): Step {
  if (!settings?.purpose || !settings.topic || !settings.controller || !settings.goal) return 'what'
  if (!settings.segment) return 'whom'
  if (!settings.template) return 'letter'
  return 'check'
}

/** Tell whether a step's own fields are filled in. */
export function filled(step: Step, settings: CampaignSettings | null | undefined): boolean {
  if (step === 'what') return Boolean(settings?.purpose && settings.topic && settings.controller && settings.goal)
  if (step === 'whom') return Boolean(settings?.segment)
  if (step === 'letter') return Boolean(settings?.template)
  return false
}

/** Return the step in which a finding is mended. */
export function stepOf(finding: Pick<CheckFinding, 'field'>): Step {
  const field = finding.field.replace(/^settings\./, '')
  if (field.startsWith('template')) return 'letter'
  if (field.startsWith('segment')) return 'whom'
  return 'what'
}

/** The settings as the wizard asks for them: every field there, empty ones as empty texts. */
export interface Draft {
  name: string
  controller: string
  purpose: string
  topic: string
  event: string
  hours: number
  rate: number
  control: number
  segment: string
  template: string
}

const HOURS = 72

export function draftOf(settings: CampaignSettings | null | undefined): Draft {
  return {
    name: settings?.name ?? '',
    controller: settings?.controller ?? '',
    purpose: settings?.purpose ?? '',
    topic: settings?.topic ?? '',
    event: settings?.goal?.event ?? '',
    hours: settings?.goal?.window_hours ?? HOURS,
    rate: settings?.rate_per_minute ?? 0,
    control: settings?.control_percent ?? 0,
    segment: settings?.segment ?? '',
    template: settings?.template ?? '',
  }
}

export function settingsOf(draft: Draft): CampaignSettings {
  const { controller, purpose, topic, segment, template } = draft
  const event = draft.event.trim()
  return {
    name: draft.name.trim(),
    controller,
    purpose,
    topic,
    segment,
    template,
    goal: event ? { event, window_hours: draft.hours } : null,
    channels: ['email'],
    rate_per_minute: draft.rate,
    control_percent: draft.control,
  }
}

const STOPPED = [
  'cancelled',
  'duplicate',
  'held-out',
  'archived',
  'no-consent',
  'suppressed',
  'invalid',
  'read-elsewhere',
  'capped',
  'expired',
] as const

/** What the log can be narrowed to: an outcome, or all that left the house. */
export type Result = Outcome | 'out'

/** Return the server's outcomes behind a result; none for what has no outcome yet or is not one. */
export function codesOf(outcome: Result | ''): readonly string[] {
  if (outcome === 'out') return LEFT
  if (outcome === 'stopped') return STOPPED
  return ['delivered', 'bounced', 'failed', 'unconfirmed'].includes(outcome) ? [outcome] : []
}

type Pace = 'hour' | 'day'

const PACE: Record<Pace, number> = { hour: 3_600_000, day: 86_400_000 }
const LONGEST = 400

/** Return the hour or day of a moment as a zone's clock shows it, written as reports write it. */
export function onClock(time: string, zone: string, step: Pace): string {
  const clock = { timeZone: zone, dateStyle: 'short', timeStyle: 'short' } as const
  const shown = new Intl.DateTimeFormat('sv-SE', clock).format(new Date(time)).replace(' ', 'T')
  return step === 'hour' ? `${shown.slice(0, 13)}:00` : shown.slice(0, 10)
}

/** Return the moment one hour or day earlier. */
export function stepBefore(time: string, step: Pace): string {
  return new Date(Date.parse(time) - PACE[step]).toISOString()
}

/** Return every hour or day from the first to the last: a quiet one is a nought and not a gap. */
export function moments(first: string, last: string, step: Pace): string[] {
  const at = (written: string) => Date.parse(step === 'hour' ? `${written}Z` : written)
  const found: string[] = []
  for (let time = at(first); time <= at(last) && found.length < LONGEST; time += PACE[step]) {
    found.push(new Date(time).toISOString().slice(0, step === 'hour' ? 16 : 10))
  }
  return found
}
