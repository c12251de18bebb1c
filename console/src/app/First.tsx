import { Navigate } from 'react-router'
import { NoRight } from '@/ui/states'
import { areasFor } from './areas'
import { useSession } from './session'

/** Lead on to the first place of an area that the role may see. */
export function First({ of }: { of: string }) {
  const { can } = useSession()
  const first = areasFor(can).find((area) => area.key === of)?.below?.[0]
  return first ? <Navigate to={`/${first.key}`} replace /> : <NoRight />
}
