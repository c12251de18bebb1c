import { Outlet } from 'react-router'
import { SignedIn } from './session'

/** Everything that needs somebody signed in. */
export function Inside() {
  return (
    <SignedIn>
      <Outlet />
    </SignedIn>
  )
}
