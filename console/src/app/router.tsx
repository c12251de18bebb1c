/** All addresses of the console; each area brings its own, loaded when first looked at. */
import { createBrowserRouter, type Params, type RouteObject } from 'react-router'
import { learn } from '@/i18n'
import { NoSuchPage, PageSkeleton, ScreenFailed } from '@/ui/states'
import type { Ahead } from './ahead'
import { queries } from './cache'
import { First } from './First'
import { Frame } from './Frame'
import { Inside } from './Inside'
import { allows, meQuery, SignedInAgain } from './session'

interface Loaded {
  Screen: React.ComponentType
  /** Ask for what the screen will show first. */
  ahead?: Ahead
}

/** Let a screen ask for what it will show while its words, and who is here, are still on their way. */
async function begin(load: () => Promise<Loaded>, params: Params, search: URLSearchParams): Promise<void> {
  try {
    const [me, { ahead }] = await Promise.all([queries.ensureQueryData(meQuery), load()])
    ahead?.({ queries, params, search, can: (action) => allows(me, action) })
  } catch {
    // The screen, or the sign-in, says what went wrong.
  }
}

/** A screen by the module that exports it, loaded with the words of its areas when its address is first asked for. */
function screen(areas: string, load: () => Promise<Loaded>): Pick<RouteObject, 'lazy' | 'loader' | 'shouldRevalidate'> {
  return {
    loader: ({ params, request }) => {
      void begin(load, params, new URL(request.url).searchParams)
      return null
    },
    // An address that changes within a screen is the screen's own matter.
    shouldRevalidate: () => false,
    lazy: async () => {
      const [{ Screen }] = await Promise.all([load(), learn(areas.split(' '))])
      return { Component: Screen }
    },
  }
}

const screens: RouteObject[] = [
  { index: true, ...screen('today', () => import('@/features/today/Today')) },
  { path: 'clients', ...screen('clients', () => import('@/features/clients/Clients')) },
  { path: 'clients/:client', ...screen('clients', () => import('@/features/clients/Client')) },
  { path: 'segments', ...screen('segments', () => import('@/features/segments/List')) },
  { path: 'segments/new', ...screen('segments', () => import('@/features/segments/Builder')) },
  { path: 'segments/:segment', ...screen('segments campaigns', () => import('@/features/segments/Card')) },
  { path: 'segments/:segment/edit', ...screen('segments', () => import('@/features/segments/Builder')) },
  { path: 'base', element: <First of="base" /> },
  { path: 'base/imports', ...screen('imports', () => import('@/features/imports/Imports')) },
  { path: 'base/imports/new', ...screen('imports', () => import('@/features/imports/New')) },
  { path: 'base/imports/:id/quality', ...screen('imports', () => import('@/features/imports/Quality')) },
  { path: 'base/doubles', ...screen('doubles', () => import('@/features/doubles/Doubles')) },
  { path: 'base/dictionaries', ...screen('dictionaries', () => import('@/features/dictionaries/Dictionaries')) },
  { path: 'base/imports/:id/:step?', ...screen('imports', () => import('@/features/imports/Import')) },
  { path: 'settings', ...screen('settings', () => import('@/features/settings/Settings')) },
  { path: 'campaigns', ...screen('campaigns', () => import('@/features/campaigns/List')) },
  { path: 'campaigns/:id', ...screen('campaigns letters', () => import('@/features/campaigns/Campaign')) },
  { path: 'letters', ...screen('letters', () => import('@/features/letters/List')) },
  { path: 'letters/:id', ...screen('letters', () => import('@/features/letters/Letter')) },
  { path: 'design', ...screen('design', () => import('@/features/design/Design')) },
  { path: '*', Component: NoSuchPage },
]

export const router = createBrowserRouter([
  { path: '/signed-in', Component: SignedInAgain },
  {
    Component: Inside,
    ErrorBoundary: ScreenFailed,
    children: [
      {
        Component: Frame,
        // While the first screen's code is on its way there is its shape, not an empty page.
        children: [{ ErrorBoundary: ScreenFailed, hydrateFallbackElement: <PageSkeleton />, children: screens }],
      },
    ],
  },
])
