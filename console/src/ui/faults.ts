/** What is wrong with a field, in the reader's words, at the field itself. */
import { useTranslation } from 'react-i18next'
import { type FieldProblem, Problem } from '@/api/problem'

type Step = string | number

/** Return a JSON pointer's steps as a form names its fields. */
export function stepsOf(pointer: string): Step[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}

/** Return how to say what is wrong with a field. */
export function useFault(): (fault: Pick<FieldProblem, 'code' | 'detail'>) => string {
  const { t, i18n } = useTranslation()
  return ({ code, detail }) => (i18n.exists(`faults.${code}`) ? t(`faults.${code}`) : detail || t('faults.other'))
}

/** Return a refusal's faults as a form takes them; none when no field is to blame. */
export function useFormFaults(): (failure: unknown) => { name: Step[]; errors: string[] }[] {
  const fault = useFault()
  return (failure) =>
    failure instanceof Problem
      ? failure.errors.map((each) => ({ name: stepsOf(each.pointer), errors: [fault(each)] }))
      : []
}
