/** A refusal of the server as it came: RFC 9457 with a reason for programs and the fields to blame. */

export interface FieldProblem {
  /** JSON pointer into the body that was sent; `?name` for a query parameter. */
  pointer: string
  code: string
  detail: string
}

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: readonly FieldProblem[]
  /** Names the request in traces and logs; what support asks for. */
  readonly trace: string
  /** Everything else that the refusal carries, such as `survivor`. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(status: number, body: Record<string, unknown>, trace = '') {
    const detail = typeof body.detail === 'string' ? body.detail : ''
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : ''
    this.detail = detail
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : []
    this.trace = typeof body.trace === 'string' ? body.trace : trace
    this.fields = body
  }

  /** Whether the same request may well succeed in a moment: nobody answered, or a service is away. */
  get passing(): boolean {
    return isPassing(this.status)
  }
}

/** Whether a status is of the moment: 0 is nobody's. */
export function isPassing(status: number): boolean {
  return status === 0 || status === 429 || status >= 502
}

/** Nobody answered: no network, or the gateway is away. */
export function unreachable(): Problem {
  return new Problem(0, { code: 'UNREACHABLE', detail: '' })
}
