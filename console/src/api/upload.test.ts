import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onHeldBack, onSessionEnd } from './client'
import { Problem } from './problem'
import { upload } from './upload'

type Answer = { status: number; body: string } | 'unreachable'

let answers: Answer[] = []
let keys: string[] = []
let named: string[] = []

/** Answers as a server would, from a list. */
class ListedRequest {
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  onload?: () => void
  onerror?: () => void
  onabort?: () => void
  onloadend?: () => void
  status = 0
  responseText = ''
  open() {}
  setRequestHeader(name: string, value: string) {
    if (name === 'Idempotency-Key') keys.push(value)
    if (name === 'X-Consilium-Freeze-Override') named.push(value)
  }
  getResponseHeader() {
    return 'trace-1'
  }
  abort() {
    this.onabort?.()
    this.onloadend?.()
  }
  send() {
    const answer = answers.shift()
    if (!answer) return
    this.upload.onprogress?.({ loaded: 5, total: 10 })
    if (answer === 'unreachable') this.onerror?.()
    else {
      this.status = answer.status
      this.responseText = answer.body
      this.onload?.()
    }
    this.onloadend?.()
  }
}

beforeEach(() => {
  answers = []
  keys = []
  named = []
  vi.stubGlobal('XMLHttpRequest', ListedRequest)
})

afterEach(() => {
  vi.unstubAllGlobals()
  onSessionEnd(null)
  onHeldBack(null)
})

const send = (more: object = {}) => upload<{ id: string }>('/v1/imports', new FormData(), { key: 'k', ...more })

describe('an upload', () => {
  it('tells how far it is and answers the body', async () => {
    answers = [{ status: 202, body: '{"id": "1"}' }]
    const told = vi.fn()
    expect(await send({ told })).toEqual({ id: '1' })
    expect(told).toHaveBeenCalledWith(5, 10)
  })

  it('throws a refusal as it came, with its trace', async () => {
    answers = [{ status: 422, body: '{"code": "INVALID_FIELD", "errors": [{"pointer": "/source"}]}' }]
    const refusal = await send().catch((failure: Problem) => failure)
    expect(refusal).toBeInstanceOf(Problem)
    expect(refusal).toMatchObject({ status: 422, code: 'INVALID_FIELD', trace: 'trace-1' })
  })

  it('says when nobody answers', async () => {
    answers = ['unreachable']
    await expect(send()).rejects.toMatchObject({ status: 0, code: 'UNREACHABLE' })
  })

  it('waits for a new sign-in and sends the same file with the same key', async () => {
    answers = [
      { status: 401, body: '{}' },
      { status: 202, body: '{"id": "1"}' },
    ]
    const ended = vi.fn(async () => {})
    onSessionEnd(ended)
    expect(await send()).toEqual({ id: '1' })
    expect(ended).toHaveBeenCalledOnce()
    expect(keys).toEqual(['k', 'k'])
  })

  it('that a declared period holds back is sent once more when somebody decides so', async () => {
    answers = [
      { status: 409, body: '{"code": "FROZEN", "freeze": "f"}' },
      { status: 202, body: '{"id": "1"}' },
    ]
    onHeldBack(async () => true)
    expect(await send()).toEqual({ id: '1' })
    expect([keys, named]).toEqual([['k', 'k'], ['f']])
  })

  it('stops when asked', async () => {
    const control = new AbortController()
    const sending = send({ signal: control.signal })
    control.abort()
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
  })
})
