/** The card of a person. */
import './card.css'
import './clients.css'
import { Alert, Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { Problem } from '@/api/problem'
import type { Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { date, flag, one, useAddress } from '@/layouts/address'
import { CardLayout, CardShown, CardSkeleton, type CardTab } from '@/layouts/Card'
import { useKeys } from '@/ui/keys'
import { Failure } from '@/ui/states'
import { Archived } from './Archived'
import { Aside, Name } from './Aside'
import { Consents } from './Consents'
import { Data } from './Data'
import { Edit } from './Edit'
import { History } from './History'
import { endOfDay } from './history'
import { Messages } from './Messages'
import { Places } from './Places'
import { useClient } from './queries'
import { Segments } from './Segments'
import { Timeline } from './Timeline'

const ADDRESS = { edit: flag(), as_of: date(), tab: one() }

export function Screen() {
  const { client: id = '' } = useParams()
  const found = useClient(id)
  return <CardShown found={found}>{(client) => <Card key={client.id} client={client} asked={id} />}</CardShown>
}

function Card({ client, asked }: { client: Profile; asked: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const { values, set } = useAddress(ADDRESS)
  const may = { edit: useMay('profiles.edit'), messages: useMay('messages.read'), segments: useMay('segments.read') }
  const { day } = useFormat()

  useEffect(() => {
    // Somebody who was merged into another answers as that one.
    if (client.id !== asked)
      void navigate({ pathname: `/clients/${client.id}`, search: `${search}` }, { replace: true })
  }, [client.id, asked, navigate, search])

  const asOf = values.as_of
  const then = useClient(client.id, asOf ? endOfDay(asOf) : '')
  const edit = () => set({ edit: true, as_of: '', tab: '' })
  useKeys([{ key: 'e', word: t('clients.card.edit'), off: !may.edit || values.edit, act: edit }])

  const past = asOf ? then.data : undefined
  // Never the present under the name of the past.
  if (asOf && then.isPending) return <CardSkeleton />
  const unknown = then.error instanceof Problem && then.error.status === 404
  const shown = past ?? client
  const tabs: CardTab[] = [
    {
      key: 'data',
      title: t('clients.tabs.data'),
      content: () =>
        values.edit && may.edit && !asOf ? (
          <Edit client={client} close={() => set({ edit: false })} />
        ) : (
          <Data client={shown} now={past ? client : undefined} />
        ),
    },
    {
      key: 'places',
      title: t('clients.tabs.places'),
      count: shown.affiliations.length,
      content: () => <Places client={shown} />,
    },
    {
      key: 'consents',
      title: t('clients.tabs.consents'),
      count: shown.consents.length,
      content: () => <Consents client={shown} past={Boolean(past)} />,
    },
    ...(may.segments
      ? [{ key: 'segments', title: t('clients.tabs.segments'), content: () => <Segments id={client.id} /> }]
      : []),
    ...(may.messages
      ? [{ key: 'messages', title: t('clients.tabs.messages'), content: () => <Messages id={client.id} /> }]
      : []),
    { key: 'timeline', title: t('clients.tabs.timeline'), content: () => <Timeline id={client.id} /> },
    {
      key: 'history',
      title: t('clients.tabs.history'),
      content: () => <History client={client} asOf={asOf} choose={(next) => set({ as_of: next, edit: false })} />,
    },
  ]
  const back = (
    <Button size="small" onClick={() => set({ as_of: '' })}>
      {t('clients.asOf.back')}
    </Button>
  )
  const note = asOf ? (
    unknown ? (
      <Alert type="warning" showIcon title={t('clients.asOf.nobody', { day: day(asOf) })} action={back} />
    ) : then.error ? (
      <Failure failure={then.error} again={() => void then.refetch()} small />
    ) : (
      <Alert type="info" showIcon title={t('clients.asOf.note', { day: day(asOf) })} action={back} />
    )
  ) : client.state === 'archived' ? (
    <Archived client={client} />
  ) : undefined
  return (
    <CardLayout
      note={note}
      aside={
        asOf && !past ? (
          <Name client={client} />
        ) : (
          <Aside client={shown} past={Boolean(asOf)} edit={may.edit && !values.edit ? edit : undefined} />
        )
      }
      tabs={asOf && !past ? tabs.slice(-1) : tabs}
    />
  )
}
