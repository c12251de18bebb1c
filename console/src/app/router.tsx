/** All addresses of the console; each area brings its own, loaded when first looked at. */
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router'
import { NoSuchPage, ScreenFailed } from '@/ui/states'
import { Frame } from './Frame'
import { Inside } from './Inside'
import { SignedInAgain } from './session'

/** A screen by the module that exports it, loaded when its address is first asked for. */
export function screen(load: () => Promise<{ Screen: React.ComponentType }>): Pick<RouteObject, 'lazy'> {
  return { lazy: async () => ({ Component: (await load()).Screen }) }
}

const screens: RouteObject[] = [
  { index: true, ...screen(() => import('@/features/today/Today')) },
  { path: 'clients', ...screen(() => import('@/features/clients/Clients')) },
  { path: 'clients/:client', ...screen(() => import('@/features/clients/Client')) },
  { path: 'segments', ...screen(() => import('@/features/segments/List')) },
  { path: 'segments/new', ...screen(() => import('@/features/segments/Builder')) },
  { path: 'segments/:segment', ...screen(() => import('@/features/segments/Card')) },
  { path: 'segments/:segment/edit', ...screen(() => import('@/features/segments/Builder')) },
  { path: 'base', element: <Navigate to="/base/imports" replace /> },
  { path: 'base/imports', ...screen(() => import('@/features/imports/Imports')) },
  { path: 'base/imports/new', ...screen(() => import('@/features/imports/New')) },
  { path: 'base/imports/:id/quality', ...screen(() => import('@/features/imports/Quality')) },
  { path: 'base/doubles', ...screen(() => import('@/features/doubles/Doubles')) },
  { path: 'base/dictionaries', ...screen(() => import('@/features/dictionaries/Dictionaries')) },
  { path: 'base/imports/:id/:step?', ...screen(() => import('@/features/imports/Import')) },
  { path: 'settings', ...screen(() => import('@/features/settings/Settings')) },
  { path: 'campaigns', ...screen(() => import('@/features/campaigns/List')) },
  { path: 'campaigns/:id', ...screen(() => import('@/features/campaigns/Campaign')) },
  { path: 'letters', ...screen(() => import('@/features/letters/List')) },
  { path: 'letters/:id', ...screen(() => import('@/features/letters/Letter')) },
  { path: 'design', ...screen(() => import('@/features/design/Design')) },
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
        children: [{ ErrorBoundary: ScreenFailed, children: screens }],
      },
    ],
  },
])
