/**
 * Files on their way to the server, with how far they are: what `fetch` cannot tell.
 *
 * Promise: the file is read from the disk as it is sent, never held in memory; the same `key` sent again after a broken
 * connection is answered as the first one was; the end of a session is waited out and the file is sent once more, and so
 * it is when a declared period holds it back and somebody decides so.
 */
import { OVERRIDE, overridden, ownHeaders, signedInAgain } from './client'
import { Problem, unreachable } from './problem'

export interface Sending {
  /** Idempotency key of this file: the same at every attempt. */
  key: string
  /** Hears of bytes that have left, and of all there are. */
  told?: (sent: number, total: number) => void
  signal?: AbortSignal
}

/** Send a form with a file, or a file alone; answers the body, throws a `Problem`, or an `AbortError` once stopped. */
export async function upload<T>(address: string, body: Body, sending: Sending): Promise<T> {
  const first = await admitted(address, body, sending)
  const freeze = first.status === 409 ? await overridden(refusalOf(first)) : ''
  const last = freeze ? await admitted(address, body, sending, freeze) : first
  if (last.status >= 200 && last.status < 300) return bodyOf(last) as T
  throw refusalOf(last)
}

type Body = FormData | Blob

async function admitted(address: string, body: Body, sending: Sending, freeze = ''): Promise<XMLHttpRequest> {
  const first = await sent(address, body, sending, freeze)
  return first.status === 401 && (await signedInAgain()) ? sent(address, body, sending, freeze) : first
}

function refusalOf(request: XMLHttpRequest): Problem {
  return new Problem(request.status, bodyOf(request), request.getResponseHeader('x-trace-id') ?? '')
}

function bodyOf(request: XMLHttpRequest): Record<string, unknown> {
  try {
    return JSON.parse(request.responseText) as Record<string, unknown>
  } catch {
    return {}
  }
}

function sent(address: string, body: Body, { key, told, signal }: Sending, freeze: string): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new DOMException('stopped', 'AbortError'))
    if (signal?.aborted) return stopped()
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('POST', address)
    for (const [name, value] of Object.entries(ownHeaders('POST', key))) request.setRequestHeader(name, value)
    if (freeze) request.setRequestHeader(OVERRIDE, freeze)
    request.upload.onprogress = (event) => told?.(event.loaded, event.total)
    request.onload = () => resolve(request)
    request.onerror = () => reject(unreachable())
    request.onabort = stopped
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    signal?.addEventListener('abort', stop)
    request.send(body)
  })
}
