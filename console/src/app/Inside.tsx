import { App as Kit } from 'antd'
import { Outlet } from 'react-router'
import { SignedIn } from './session'

/**
 * Everything that needs somebody signed in.
 *
 * What a screen says in passing (a message, a notice) may hold links, so it is shown from inside of the router: outside
 * of it one link would take the whole page along.
 */
export function Inside() {
  return (
    <Kit component={false}>
      <SignedIn>
        <Outlet />
      </SignedIn>
    </Kit>
  )
}
