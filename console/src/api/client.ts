/**
 * The only place that talks to the server.
 *
 * Promise: a request that meets the end of the session waits until somebody has signed in again and is then sent once
 * more, so nothing typed is lost; what nobody could answer is sent again a few times, as it was; a refusal is always a
 * `Problem`; a creation carries an idempotency key, the same at every attempt, so that it is made once; a change whose
 * answer was lost on the way is no stale edit of its own writing; what a declared period holds back is sent once more
 * when somebody who may decides so.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import { holds } from './holds'
import { isPassing, Problem, unreachable } from './problem'
import type { paths } from './schema'

type Ended = () => Promise<void>
type HeldBack = (freeze: string) => Promise<boolean>

/** Header that names the period which is overridden, for one request. */
export const OVERRIDE = 'X-Consilium-Freeze-Override'

/** Milliseconds between attempts: long enough together for a gateway that restarts. */
const PAUSES: readonly number[] = [500, 1000, 2000, 4000]

let ended: Ended | null = null
let held: HeldBack | null = null
let workspace = ''

/** Tell what to do when the session is over: resolves once somebody has signed in again. */
export function onSessionEnd(listener: Ended | null): void {
  ended = listener
}

/** Tell what to do when a declared period holds something back: resolves with whether to do it all the same. */
export function onHeldBack(listener: HeldBack | null): void {
  held = listener
}

/** Return the period that somebody decided to override after a refusal; '' when the refusal stands. */
export async function overridden(refusal: Problem): Promise<string> {
  const { freeze } = refusal.fields
  if (refusal.code !== 'FROZEN' || typeof freeze !== 'string' || !held) return ''
  return (await held(freeze)) ? freeze : ''
}

/** Work in a workspace from now on, in this tab alone. */
export function workIn(chosen: string): void {
  workspace = chosen
}

/** Wait until somebody has signed in again; `false` when nobody listens for the end of a session. */
export async function signedInAgain(): Promise<boolean> {
  if (!ended) return false
  await ended()
  return true
}

/** Send a request; once more when a declared period holds it back and somebody decides so. */
export async function send(request: Request): Promise<Response> {
  const spare = request.clone()
  const response = await admitted(request)
  const freeze = response.status === 409 ? await overridden(await refusalOf(response.clone())) : ''
  if (!freeze) return response
  spare.headers.set(OVERRIDE, freeze)
  return admitted(spare)
}

/** Send a request; wait for a new sign-in when the session has ended on the way. */
async function admitted(request: Request): Promise<Response> {
  const spare = request.clone()
  const response = await answered(request)
  if (response.status !== 401 || !(await signedInAgain())) return response
  return answered(spare)
}

/** Send a request until somebody can answer it, or the pauses are used up. */
async function answered(request: Request): Promise<Response> {
  const change = request.method === 'PATCH' ? request.clone() : null
  let lost = false
  for (const pause of PAUSES) {
    const attempt = await reached(request.clone()).catch((failure: unknown) => {
      if (failure instanceof Problem) return failure
      throw failure
    })
    if (!isPassing(attempt.status)) return sure(attempt as Response, lost ? change : null)
    lost ||= attempt.status !== 429
    await passed(pause, request.signal)
  }
  return sure(await reached(request), lost ? change : null)
}

/**
 * Return an answer for what it is: an attempt whose answer was lost may have changed the thing, and then the next one
 * is refused as stale. When the thing holds all that was sent, that is the answer.
 */
async function sure(response: Response, change: Request | null): Promise<Response> {
  if (response.status !== 412 || !change) return response
  const { url, signal } = change
  const now = await reached(new Request(url, { headers: ownHeaders('GET'), signal })).catch(() => null)
  if (!now?.ok) return response
  return holds(await change.json(), await now.clone().json()) ? now : response
}

/** Wait, but no longer than somebody wants the answer. */
function passed(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

async function reached(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    throw unreachable()
  }
}

/** Return headers that every request of ours carries. */
export function ownHeaders(method: string, key?: string): Record<string, string> {
  return {
    'X-Requested-With': 'consilium-console',
    ...(workspace ? { 'X-Consilium-Workspace': workspace } : {}),
    ...(method === 'POST' ? { 'Idempotency-Key': key ?? crypto.randomUUID() } : {}),
  }
}

const manner: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(ownHeaders(request.method))) {
      if (!request.headers.has(name)) request.headers.set(name, value)
    }
    return request
  },
  async onResponse({ response }) {
    if (response.ok) return undefined
    throw await refusalOf(response)
  },
}

/** Read a refusal. */
export async function refusalOf(response: Response): Promise<Problem> {
  const trace = response.headers.get('x-trace-id') ?? ''
  try {
    return new Problem(response.status, (await response.json()) as Record<string, unknown>, trace)
  } catch {
    return new Problem(response.status, {}, trace)
  }
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: send })
api.use(manner)

/** Return an answer's body; refusals were thrown on the way. */
export async function answer<T>(call: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await call
  return data as T
}

/** Return an answer's body with its etag, for a later `If-Match`. */
export async function tagged<T>(call: Promise<{ data?: T; response: Response }>): Promise<{ body: T; etag: string }> {
  const { data, response } = await call
  return { body: data as T, etag: response.headers.get('etag') ?? '' }
}
