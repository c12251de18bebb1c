/** A refusal beside the fields that it blames: JSON pointers of a Problem become names of a form. */
import type { FormInstance } from 'antd'
import { type FieldProblem, Problem } from '@/api/problem'

type Name = (string | number)[]

/** Return the parts of a pointer: `/contacts/0/value` is contacts, 0, value; `?name` is one part. */
export function partsOf(pointer: string): Name {
  if (pointer.startsWith('?')) return [pointer.slice(1)]
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/**
 * Show a refusal in a form; return what no field of it could show.
 *
 * `say` puts a fault into the reader's words (`useFault`). `place` names the field of a pointer when the form's names differ from the body's; `null` says that there is none.
 */
export function showIn<T>(
  form: FormInstance<T>,
  failure: unknown,
  say: (problem: FieldProblem) => string,
  place: (parts: Name, problem: FieldProblem) => Name | null = (parts) => parts,
): readonly FieldProblem[] {
  if (!(failure instanceof Problem)) return []
  const said = new Map<string, { name: Name; errors: string[] }>()
  const rest: FieldProblem[] = []
  for (const problem of failure.errors) {
    const name = place(partsOf(problem.pointer), problem)
    const shown = name && form.getFieldInstance(name as never) !== undefined
    if (!name || !shown) {
      rest.push(problem)
      continue
    }
    const key = JSON.stringify(name)
    const found = said.get(key) ?? { name, errors: [] }
    found.errors.push(say(problem))
    said.set(key, found)
  }
  const fields = [...said.values()]
  form.setFields(fields as never)
  if (fields[0]) form.scrollToField(fields[0].name as never, { focus: true, block: 'center' })
  return rest
}
