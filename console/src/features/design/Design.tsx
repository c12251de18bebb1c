/** The gallery: tokens, pieces, charts, every layout in every state, with invented content. The design system itself. */
import './design.css'
import { Segmented, Select } from 'antd'
import { type ComponentType, lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { PageSkeleton } from '@/ui/states'

type Part = ComponentType<{ state: string }>

/** The parts of the gallery and the states in which each can be seen, the usual one first. */
const PARTS: Record<string, { states: readonly string[]; Part: Part }> = {
  tokens: { states: [], Part: lazy(() => import('./Tokens')) },
  pieces: { states: [], Part: lazy(() => import('./Pieces')) },
  charts: { states: [], Part: lazy(() => import('./Charts')) },
  states: { states: [], Part: lazy(() => import('./States')) },
  list: {
    states: ['whole', 'loading', 'waiting', 'empty', 'failing', 'stale', 'noRight', 'partial'],
    Part: lazy(() => import('./ListShow')),
  },
  card: { states: ['whole', 'loading', 'failing', 'noRight', 'partial'], Part: lazy(() => import('./CardShow')) },
  wizard: { states: ['whole', 'loading', 'empty', 'failing', 'noRight'], Part: lazy(() => import('./WizardShow')) },
  builder: {
    states: ['whole', 'loading', 'empty', 'failing', 'noRight', 'partial'],
    Part: lazy(() => import('./BuilderShow')),
  },
  queue: { states: ['whole', 'loading', 'empty', 'failing', 'noRight'], Part: lazy(() => import('./QueueShow')) },
}

export function Screen() {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const asked = search.get('part') ?? ''
  const part = asked in PARTS ? asked : 'tokens'
  const { states, Part } = PARTS[part] ?? { states: [], Part: PageSkeleton }
  const state = states.find((each) => each === search.get('state')) ?? states[0] ?? ''
  return (
    <div className="design">
      <nav className="design-head" aria-label={t('design.title')}>
        <Segmented
          aria-label={t('design.title')}
          value={part}
          onChange={(next) => setSearch({ part: next })}
          options={Object.keys(PARTS).map((value) => ({ value, label: t(`design.parts.${value}`) }))}
        />
        {states.length > 0 ? (
          <Select
            value={state}
            onChange={(next) => setSearch({ part, state: next })}
            options={states.map((value) => ({ value, label: t(`design.states.${value}`) }))}
            aria-label={t('design.state')}
            popupMatchSelectWidth={false}
          />
        ) : null}
      </nav>
      <Suspense fallback={<PageSkeleton />}>
        <Part key={`${part}:${state}`} state={state} />
      </Suspense>
    </div>
  )
}
