/**
 * Keys of the present screen, in one registry: what is registered last answers first.
 *
 * Promise: a letter typed into a field is text, never a command (Escape alone leaves the field); keys of a screen sleep
 * while a dialog lies over it; what `?` shows is what works.
 */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'

export interface Key {
  /** As `KeyboardEvent.key` says it, `mod+z` for Ctrl or Command. */
  key: string
  /** What it does, in the reader's words; a key without words is not listed. */
  word?: string
  act(event: KeyboardEvent): void
  /** Not now: the key is left to others. */
  off?: boolean
}

interface Layer {
  keys: readonly Key[]
}

let layers: readonly Layer[] = []
const watchers = new Set<() => void>()

function change(next: readonly Layer[]): void {
  layers = next
  for (const watch of watchers) watch()
}

/** Whether what is typed there is text. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
}

/** Whether a control takes the key itself: Enter and Space press what has the focus. */
function pressing(event: KeyboardEvent): boolean {
  const own = event.target instanceof HTMLElement && event.target.matches('a[href], button, summary, [role="button"]')
  return own && (event.key === 'Enter' || event.key === ' ')
}

/** The Latin letter or sign of a key: a Russian layout must not change where `j` is. */
const PLACES: Record<string, string> = { Slash: '/', BracketLeft: '[', BracketRight: ']' }

function letterOf(event: KeyboardEvent): string {
  if (event.key.length !== 1) return event.key
  if (/^[\x20-\x7e]$/.test(event.key) && event.key !== '.') return event.key.toLowerCase()
  const code = event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : PLACES[event.code]
  return code === '/' && event.shiftKey ? '?' : (code ?? event.key)
}

/** Return a key's name in the registry. */
export function nameOf(event: KeyboardEvent): string {
  const letter = letterOf(event)
  const shift = event.shiftKey && /^[a-z]$/.test(letter)
  return `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${shift ? 'shift+' : ''}${letter}`
}

function covered(): boolean {
  return document.querySelector('.ant-modal-wrap:not([style*="display: none"]), .ant-drawer-open') !== null
}

function heard(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const name = nameOf(event)
  if (name !== 'Escape' && (typing(event.target) || pressing(event))) return
  if (covered()) return
  for (const layer of [...layers].reverse()) {
    const found = layer.keys.find((each) => each.key === name && !each.off)
    if (found) {
      event.preventDefault()
      found.act(event)
      return
    }
  }
}

/** Listen to keys while the caller is on the screen. */
export function useKeys(keys: readonly Key[]): void {
  const latest = useRef(keys)
  latest.current = keys
  const shape = keys.map((each) => `${each.key}:${each.word ?? ''}:${each.off ? 1 : 0}`).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the layer is made anew only when what it lists changes
  const layer = useMemo<Layer>(
    () => ({
      keys: latest.current.map((each, place) => ({ ...each, act: (event) => latest.current[place]?.act(event) })),
    }),
    [shape],
  )
  useEffect(() => {
    if (layers.length === 0) document.addEventListener('keydown', heard)
    change([...layers, layer])
    return () => {
      change(layers.filter((each) => each !== layer))
      if (layers.length === 0) document.removeEventListener('keydown', heard)
    }
  }, [layer])
}

/** Return the keys that work now and have words, each once. */
export function useKnownKeys(): readonly Key[] {
  const now = useSyncExternalStore(
    (watch) => {
      watchers.add(watch)
      return () => watchers.delete(watch)
    },
    () => layers,
  )
  return useMemo(() => {
    const found = new Map<string, Key>()
    for (const layer of now) for (const key of layer.keys) if (key.word && !key.off) found.set(key.key, key)
    return [...found.values()]
  }, [now])
}
