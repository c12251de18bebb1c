import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answer, api, onHeldBack, onSessionEnd, send } from './client'
import { holds } from './holds'
import { Problem } from './problem'

type Said = number | 'unreachable'

let said: Said[] = []
let held = '{}'
let heard: { key: string | null; body: string }[] = []
let named: (string | null)[] = []

beforeEach(() => {
  vi.useFakeTimers()
  heard = []
  named = []
  held = '{}'
  vi.stubGlobal('fetch', async (request: Request) => {
    named.push(request.headers.get('x-consilium-freeze-override'))
    heard.push({ key: request.headers.get('idempotency-key'), body: await request.text() })
    const status = said.shift() ?? 200
    if (status === 'unreachable') throw new TypeError('nobody')
    return new Response(held, { status, headers: { 'content-type': 'application/json' } })
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  onSessionEnd(null)
  onHeldBack(null)
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

describe('a thing', () => {
  it('holds what was sent only when all of it stands', () => {
    const person = {
      attributes: { degree: { value: { code: 'phd' }, source: 'a' } },
      contacts: [{ kind: 'email', value: 'a' }],
    }
    expect(holds({ attributes: { degree: { code: 'phd' } } }, person)).toBe(true)
    expect(holds({ attributes: { degree: null } }, person)).toBe(false)
    expect(holds({ attributes: { city: null } }, person)).toBe(true)
    expect(holds({ contacts: [{ kind: 'email', value: 'a' }] }, person)).toBe(true)
    expect(holds({ contacts: [] }, person)).toBe(false)
  })
})

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

  it('that a declared period holds back is sent again, naming it, when somebody decides so', async () => {
    held = '{"code":"FROZEN","freeze":"f"}'
    const asked = vi.fn(async (freeze: string) => freeze === 'f')
    onHeldBack(asked)
    said = [409, 200]
    expect((await waited(send(change()))).status).toBe(200)
    expect(heard).toEqual(Array(2).fill({ key: 'k', body: '{"name":"x"}' }))
    expect(named).toEqual([null, 'f'])
    expect(asked).toHaveBeenCalledOnce()
  })

  it('that is held back stays refused when nobody decides so, or may', async () => {
    held = '{"code":"FROZEN","freeze":"f"}'
    onHeldBack(async () => false)
    said = [409]
    expect((await waited(send(change()))).status).toBe(409)
    onHeldBack(null)
    said = [409]
    expect((await waited(send(change()))).status).toBe(409)
    expect(named).toEqual([null, null])
  })

  const patch = () =>
    new Request('http://console.example/v1/things/1', {
      method: 'PATCH',
      body: '{"name":"x","rate":0}',
      headers: { 'if-match': 'v1' },
    })

  it('that changed a thing and lost its answer is not taken for somebody else’s change', async () => {
    said = ['unreachable', 412, 200]
    held = '{"settings":{"name":"x"},"etag":"v2"}'
    const response = await waited(send(patch()))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ etag: 'v2' })
  })

  it('that is stale stays stale', async () => {
    said = ['unreachable', 412, 200]
    held = '{"settings":{"name":"y"},"etag":"v2"}'
    expect((await waited(send(patch()))).status).toBe(412)
    said = [412]
    held = '{"settings":{"name":"x"},"etag":"v2"}'
    expect((await waited(send(patch()))).status).toBe(412)
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
