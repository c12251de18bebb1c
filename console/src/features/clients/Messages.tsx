/** What a person was sent: what became of each, and why, in a marketer's words. */

import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Mark, Message } from '@/api/schema'
import { useMay } from '@/app/session'
import { Grid } from '@/layouts/Grid'
import { Turning } from '@/layouts/ListFoot'
import { usePages } from '@/layouts/pages'
import { OutcomeWithReason } from '@/ui/messages'
import { Failure, Nothing } from '@/ui/states'
import { Moment } from '@/ui/words'
import { PAGE, useCampaignName, useMessages } from './queries'

export function Messages({ id }: { id: string }) {
  const { t } = useTranslation()
  const pages = usePages(`client-messages:${id}`)
  const found = useMessages(id, pages.token)
  const [at, setAt] = useState<string | null>(null)
  const title = (key: string) => t(`clients.messages.${key}`)
  if (found.error && !found.data) return <Failure failure={found.error} again={() => void found.refetch()} />
  if (found.data?.items.length === 0) return <Nothing text={t('clients.messages.none')} />
  return (
    <div className="paper flush">
      <Grid<Message>
        label={t('clients.tabs.messages')}
        columns={[
          {
            key: 'time',
            title: title('time'),
            width: 120,
            render: (message) => <Moment time={message.finish_time ?? message.request_time} relative />,
          },
          {
            key: 'campaign',
            title: title('campaign'),
            width: 140,
            render: (message) => <CampaignLink id={message.campaign} />,
          },
          {
            key: 'channel',
            title: title('channel'),
            width: 66,
            render: (message) => (message.channel ? t(`people.channels.${message.channel}`, message.channel) : '—'),
          },
          {
            key: 'outcome',
            title: title('outcome'),
            width: 262,
            render: (message) => <OutcomeWithReason message={message} />,
          },
          { key: 'marks', title: title('marks'), width: 244, render: (message) => <Marks marks={message.marks} /> },
        ]}
        rows={found.data?.items}
        idOf={(message) => message.id}
        size={8}
        loading={found.isPlaceholderData}
        at={at}
        onAt={setAt}
      />
      {pages.index || found.data?.next_page_token ? (
        <Turning
          page={pages.turn(PAGE, found.data?.next_page_token)}
          here={found.data?.items.length ?? 0}
          total={found.data?.total}
          loading={found.isPlaceholderData}
        />
      ) : null}
    </div>
  )
}

/** A campaign by its name; opens it when one may. */
export function CampaignLink({ id }: { id: string }) {
  const { t } = useTranslation()
  const may = useMay('campaigns.read')
  const name = useCampaignName(may ? id : '')
  const text = <bdi title={name}>{name ?? t('clients.messages.someCampaign')}</bdi>
  return may && name ? <Link to={`/campaigns/${id}`}>{text}</Link> : text
}

/** What the person did with the message: each kind once, its first time; machines do not count. */
function Marks({ marks }: { marks: readonly Mark[] }) {
  const { t } = useTranslation()
  const first = new Map<string, Mark>()
  for (const mark of marks) if (!mark.machine && !first.has(mark.kind)) first.set(mark.kind, mark)
  if (!first.size) return <span className="soft">—</span>
  return (
    <span className="marks">
      {[...first.values()].map((mark) => (
        <span key={mark.kind} className={`mark-${mark.kind}`}>
          {t(`messages.marks.${mark.kind}`, mark.kind)} <Moment time={mark.time} relative />
        </span>
      ))}
    </span>
  )
}
