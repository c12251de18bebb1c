/** Long work: followed by server-sent events while somebody looks, asked for when the stream breaks. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { answer, api } from './client'
import { Problem } from './problem'
import type { Operation } from './schema'

const PAUSE = 2000

/**
 * Follow an operation until it is done; `null` until the first word of it.
 *
 * A stream that breaks is replaced by asking; the answer of both is the same document.
 */
export function useOperation(id: string | undefined, done?: (operation: Operation) => void): Operation | null {
  const [operation, setOperation] = useState<Operation | null>(null)
  const queries = useQueryClient()
  const latest = useRef(done)
  latest.current = done
  useEffect(() => {
    if (!id) return
    const control = new AbortController()
    setOperation(null)
    let source: EventSource | null = null
    const take = (next: Operation) => {
      setOperation(next)
      queries.setQueryData(['operation', id], next)
      if (next.done) {
        source?.close()
        latest.current?.(next)
      }
      return next.done
    }
    const ask = async () => {
      while (!control.signal.aborted) {
        const call = api.GET('/v1/operations/{operation}', {
          params: { path: { operation: id } },
          signal: control.signal,
        })
        // What was refused for good will not be answered by asking again.
        const over = await answer(call).then(take, (failure) => failure instanceof Problem && !failure.passing)
        if (over) return
        await new Promise((resolve) => setTimeout(resolve, PAUSE))
      }
    }
    source = new EventSource(`/v1/operations/${id}/events`)
    source.addEventListener('progress', (event) => take(JSON.parse(event.data) as Operation))
    source.addEventListener('done', (event) => take(JSON.parse(event.data) as Operation))
    source.onerror = () => {
      source?.close()
      if (!control.signal.aborted) void ask()
    }
    return () => {
      control.abort()
      source?.close()
    }
  }, [id, queries])
  return operation
}
