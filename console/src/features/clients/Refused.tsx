import type { FieldProblem } from '@/api/problem'
import { useFault } from '@/ui/faults'
import { Failure } from '@/ui/states'

/** What no field of a form could show. */
export function Refused({ rest, failure }: { rest: readonly FieldProblem[]; failure: unknown }) {
  const say = useFault()
  if (!rest.length && !failure) return null
  return (
    <div role="alert" className="refused">
      {failure ? <Failure failure={failure} small /> : null}
      {rest.map((fault) => (
        <p key={fault.pointer + fault.code} className="bad">
          {say(fault)}
        </p>
      ))}
    </div>
  )
}
