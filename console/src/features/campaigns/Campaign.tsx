/** One campaign: the wizard while it is a draft, its card afterwards. */
import './campaigns.css'
import { useParams } from 'react-router'
import { useSession } from '@/app/session'
import { CardShown } from '@/layouts/Card'
import { Card } from './Card'
import { useCampaign } from './queries'
import { Wizard } from './Wizard'

const NEW = 'new'

export function Screen() {
  const { id = NEW } = useParams()
  const { can } = useSession()
  const found = useCampaign(id === NEW ? '' : id)
  const campaign = id === NEW ? null : found.data
  if (campaign === undefined) return <CardShown found={found}>{() => null}</CardShown>
  // The first save of a new campaign gives it an address; the wizard goes on without losing the place.
  if (!campaign || (campaign.state === 'draft' && can('campaigns.edit'))) return <Wizard campaign={campaign} />
  return <Card key={campaign.id} campaign={campaign} />
}
