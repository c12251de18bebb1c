/** How this browser shows the console: language and light or dark. Nothing of it is about people. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { type Mode, OUTCOMES, palette } from '@/theme'

export type Shade = Mode | 'system'

interface Preferences {
  language: string
  /** Light or dark as it is now. */
  mode: Mode
  /** What was chosen. */
  shade: Shade
  speak(language: string): void
  paint(shade: Shade): void
}

const Known = createContext<Preferences | null>(null)
const dark = window.matchMedia('(prefers-color-scheme: dark)')

export function Preferred({ children, language }: { children: ReactNode; language: string }) {
  const [spoken, setSpoken] = useState(language)
  const [shade, setShade] = useState<Shade>(() => (localStorage.getItem('shade') as Shade | null) ?? 'system')
  const [system, setSystem] = useState<Mode>(dark.matches ? 'dark' : 'light')
  useEffect(() => {
    const changed = () => setSystem(dark.matches ? 'dark' : 'light')
    dark.addEventListener('change', changed)
    return () => dark.removeEventListener('change', changed)
  }, [])
  const mode = shade === 'system' ? system : shade
  useEffect(() => {
    const root = document.documentElement
    root.style.colorScheme = mode
    // What the frame paints by hand: `--ink`, `--line`, `--outcome-delivered` …
    for (const [name, colour] of Object.entries(palette(mode))) root.style.setProperty(`--${name}`, colour)
    for (const [name, colour] of Object.entries(OUTCOMES[mode])) root.style.setProperty(`--outcome-${name}`, colour)
  }, [mode])
  const speak = useCallback((next: string) => {
    localStorage.setItem('language', next)
    setSpoken(next)
  }, [])
  const paint = useCallback((next: Shade) => {
    localStorage.setItem('shade', next)
    setShade(next)
  }, [])
  const known = useMemo(() => ({ language: spoken, mode, shade, speak, paint }), [spoken, mode, shade, speak, paint])
  return <Known value={known}>{children}</Known>
}

export function usePreferences(): Preferences {
  const known = useContext(Known)
  if (!known) throw new Error('outside of Preferred')
  return known
}
