import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, api, onSessionEnd, send } from './client'
import { Problem } from './problem'

type Said = number | 'unreachable'

let said: Said[] = []
let heard: { key: string | null; body: string }[] = []

beforeEach(() => {
  vi.useFakeTimers()
  heard = []
  vi.stubGlobal('fetch', async (request: Request) => {
    heard.push({ key: request.headers.get('idempotency-key'), body: await request.text() })
    const status = said.shift() ?? 200
    if (status === 'unreachable') throw new TypeError('nobody')
    return new Response('{}', { status, headers: { 'content-type': 'application/json' } })
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  onSessionEnd(null)
})

const change = (signal?: AbortSignal) =>
  new Request('http://console.example/v1/things', {
    method: 'POST',
    body: '{"name":"x"}',
    headers: { 'idempotency-key': 'k' },
    signal,
  })

/** Let the pauses pass while something is being sent. */
async function waited<T>(sending: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync()
  return sending
}

describe('a request', () => {
  it('that nobody could answer is sent again as it was', async () => {
    said = ['unreachable', 503, 200]
    expect((await waited(send(change()))).status).toBe(200)
    expect(heard).toEqual(Array(3).fill({ key: 'k', body: '{"name":"x"}' }))
  })

  it('is given up after a few attempts', async () => {
    said = Array(9).fill('unreachable')
    const sending = send(change()).catch((failure: unknown) => failure)
    expect(await waited(sending)).toMatchObject({ status: 0, code: 'UNREACHABLE' })
    expect(heard).toHaveLength(5)
  })

  it('that was refused is not sent again', async () => {
    said = [422]
    const refused = await waited(answer(api.GET('/v1/me')).catch((failure: unknown) => failure))
    expect(refused).toBeInstanceOf(Problem)
    expect(heard).toHaveLength(1)
  })

  it('waits for a new sign-in with what it carries', async () => {
    said = [401, 'unreachable', 200]
    const ended = vi.fn(async () => {})
    onSessionEnd(ended)
    expect((await waited(send(change()))).status).toBe(200)
    expect(ended).toHaveBeenCalledOnce()
    expect(heard.map((each) => each.body)).toEqual(Array(3).fill('{"name":"x"}'))
  })

  it('that nobody wants any more is not sent again', async () => {
    said = ['unreachable', 'unreachable']
    const control = new AbortController()
    const sending = send(change(control.signal)).catch((failure: Error) => failure.name)
    await vi.advanceTimersByTimeAsync(100)
    control.abort()
    expect(await waited(sending)).toBe('AbortError')
    expect(heard).toHaveLength(1)
  })
})
