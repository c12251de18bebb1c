/**
 * Where an import stands, and which step of the wizard that is.
 *
 * Promise: the server's state decides; this browser remembers only how far somebody had looked at an import that is
 * read and not yet written, so that whoever comes back finds the step that was left.
 */
import type { Import, ImportCounts } from '@/api/schema'

export const STEPS = ['file', 'columns', 'rows', 'trial', 'result'] as const
export type Step = (typeof STEPS)[number]
export type StepState = 'wait' | 'doing' | 'done' | 'wrong'

type Standing = Pick<Import, 'state' | 'dry_run' | 'counts'>

/** Whether an address names a step. */
export function isStep(text: string | undefined): text is Step {
  return STEPS.includes(text as Step)
}

/** Return the steps that can be opened now. */
export function openSteps({ state }: Standing): readonly Step[] {
  switch (state) {
    case 'ready':
      return ['columns', 'rows', 'trial']
    case 'committing':
      return ['result']
    case 'committed':
      return ['columns', 'rows', 'result']
    case 'cancelled':
      return ['columns', 'rows', 'trial', 'result']
    default:
      // Being read, or refused as a whole: both are told where the columns will be.
      return ['columns']
  }
}

/** Return the step to open: the one that was left where it still can be, else the furthest that the state calls for. */
export function whereLeft(found: Standing, left: string | null): Step {
  if (found.state === 'ready') {
    if (isStep(left ?? undefined) && openSteps(found).includes(left as Step)) return left as Step
    return found.dry_run ? 'trial' : 'columns'
  }
  return openSteps(found).at(-1) ?? 'columns'
}

/** Return the state of each step, `at` being the one that is looked at. */
export function statesOf(found: Standing, at: Step): Record<Step, StepState> {
  const open = openSteps(found)
  const place = STEPS.indexOf(at)
  const states = {} as Record<Step, StepState>
  STEPS.forEach((step, index) => {
    const passed = index < place || step === 'file'
    states[step] = passed ? 'done' : open.includes(step) && step === at ? 'doing' : 'wait'
  })
  if (found.state === 'failed') return { ...states, file: 'wrong', columns: 'wait' }
  if (found.state === 'committed') return { file: 'done', columns: 'done', rows: 'done', trial: 'done', result: 'done' }
  if (found.state === 'committing') states.result = 'doing'
  if (found.state === 'cancelled') states.result = 'wrong'
  if (found.dry_run) states.trial = at === 'trial' ? 'doing' : 'done'
  if (found.counts && found.counts.rows > 0 && willTake(found.counts) === 0 && at !== 'rows') states.rows = 'wrong'
  return states
}

/** Rows that a commit would take. */
export function willTake(counts: ImportCounts): number {
  return counts.rows - counts.refused
}

/** Whether the server is at work on it. */
export function atWork(found: Pick<Import, 'state'>): boolean {
  return found.state === 'reading' || found.state === 'committing'
}

const KEPT = 'imports'
const MOST = 50 // steps are kept of the imports that were looked at last

function keptSteps(): [id: string, step: string][] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]')
  } catch {
    return []
  }
}

/** Remember the step of an import; forget those that nobody has looked at for long. */
export function keepStep(id: string, step: Step): void {
  const others = keptSteps().filter(([other]) => other !== id)
  localStorage.setItem(KEPT, JSON.stringify([[id, step], ...others].slice(0, MOST)))
}

/** Return the step that was left; `null` when nobody looked here before. */
export function keptStep(id: string): string | null {
  return keptSteps().find(([other]) => other === id)?.[1] ?? null
}

/** Forget an import that has ended. */
export function forgetStep(id: string): void {
  localStorage.setItem(KEPT, JSON.stringify(keptSteps().filter(([other]) => other !== id)))
}
