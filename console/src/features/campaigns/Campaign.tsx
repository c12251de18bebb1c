/** One campaign: the wizard while it is a draft, its card afterwards. */
import './campaigns.css'
import { useState } from 'react'
import { useLocation, useParams } from 'react-router'
import type { Ahead } from '@/app/ahead'
import { useSession } from '@/app/session'
import { CardShown } from '@/layouts/Card'
import { Card } from './Card'
import { campaignQuery, consentedQuery, useCampaign } from './queries'
import { GOES_ON, Wizard } from './Wizard'

const NEW = 'new'

export const ahead: Ahead = ({ queries, params: { id = NEW }, can }) => {
  if (!can('campaigns.read')) return
  if (id !== NEW) void queries.prefetchQuery(campaignQuery(id))
  else if (can('profiles.read')) {
    void queries.prefetchQuery(consentedQuery('consent_purpose'))
    void queries.prefetchQuery(consentedQuery('consent_topic'))
  }
}

export function Screen() {
  const { id = NEW } = useParams()
  const { can } = useSession()
  const wizard = useWizardKey(id)
  const found = useCampaign(id === NEW ? '' : id)
  const campaign = id === NEW ? null : found.data
  if (campaign === undefined) return <CardShown found={found}>{() => null}</CardShown>
  if (!campaign || (campaign.state === 'draft' && can('campaigns.edit')))
    return <Wizard key={wizard} campaign={campaign} />
  return <Card key={campaign.id} campaign={campaign} />
}

/**
 * Return what names a wizard: another campaign has its own, so that nothing written here goes there.
 *
 * The first save of a new campaign gives it an address: the same wizard goes on, without losing the place.
 */
function useWizardKey(id: string): number {
  const { state } = useLocation()
  const [now, setNow] = useState({ id, key: 0 })
  const same = now.id === id || (now.id === NEW && state === GOES_ON)
  const key = same ? now.key : now.key + 1
  if (now.id !== id) setNow({ id, key })
  return key
}
