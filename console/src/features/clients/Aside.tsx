/** The left of the card: who it is, the three facts, what can be done. */
import {
  DeleteOutlined,
  EditOutlined,
  InboxOutlined,
  MergeCellsOutlined,
  MoreOutlined,
  RollbackOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, type MenuProps, Popconfirm, Tooltip } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { useDoing } from '@/ui/doing'
import { fullName, isolated } from '@/ui/people'
import { Shape } from '@/ui/Shape'
import { Moment } from '@/ui/words'
import { ArchiveOne } from './Archive'
import { useActs } from './acts'
import { Erase } from './Erase'
import { Facts, StateLabels } from './Facts'
import { Merge } from './Merge'
import { useLastAct } from './queries'
import { Choosing } from './ToSegment'

type Opened = '' | 'archive' | 'segment' | 'merge' | 'erase'

export function Aside({ client, past, edit }: { client: Profile; past: boolean; edit?(): void }) {
  const { t } = useTranslation()
  const may = {
    archive: useMay('profiles.archive'),
    merge: useMay('profiles.merge'),
    erase: useMay('profiles.erase'),
    segment: useMay('segments.edit'),
  }
  const { restore } = useActs()
  const [opened, open] = useState<Opened>('')
  const close = () => open('')
  const door = useRef<HTMLButtonElement>(null)
  const openFrom = (next: Opened) => {
    // A dialog gives the focus back to what had it: the menu is gone by then, its button is not.
    door.current?.focus()
    open(next)
  }
  const archived = client.state === 'archived'
  const { busy, go } = useDoing()
  const more: MenuProps['items'] = [
    ...(may.merge ? [{ key: 'merge', icon: <MergeCellsOutlined />, label: t('clients.merge.button') }] : []),
    ...(may.archive && !archived
      ? [{ key: 'archive', icon: <InboxOutlined />, label: t('clients.archive.button'), danger: true }]
      : []),
    ...(may.erase ? [{ key: 'erase', icon: <DeleteOutlined />, label: t('clients.erase.button'), danger: true }] : []),
  ]
  return (
    <div className="client-aside">
      <Name client={client} />
      <StateLabels client={client} />
      {past ? null : (
        <div className="client-acts">
          {edit ? (
            <Tooltip title="E">
              <Button type="primary" icon={<EditOutlined />} onClick={edit} aria-keyshortcuts="e">
                {t('clients.card.edit')}
              </Button>
            </Tooltip>
          ) : null}
          {may.segment ? <Button onClick={() => open('segment')}>{t('clients.segment.short')}</Button> : null}
          {may.archive && archived ? (
            <Popconfirm
              title={t('clients.restoring', { name: isolated(fullName(client) || t('people.noName')) })}
              description={t('clients.restoringNote')}
              okText={t('clients.restore')}
              onConfirm={() => void go(() => restore(client.id))}
            >
              <Button icon={<RollbackOutlined />} loading={busy}>
                {t('clients.restore')}
              </Button>
            </Popconfirm>
          ) : null}
          {more.length ? (
            <Dropdown trigger={['click']} menu={{ items: more, onClick: ({ key }) => openFrom(key as Opened) }}>
              <Button ref={door} icon={<MoreOutlined />} aria-label={t('clients.card.more')} />
            </Dropdown>
          ) : null}
        </div>
      )}
      <Facts client={client} />
      <dl className="client-facts client-facts-small">
        <dt>{t('clients.card.created')}</dt>
        <dd>
          <Moment time={client.create_time} />
        </dd>
        <dt>{t('clients.card.updated')}</dt>
        <dd>
          <Moment time={client.update_time} relative />
        </dd>
        <dt>{t('clients.card.active')}</dt>
        <dd>
          <LastAct id={client.id} />
        </dd>
        {client.time_zone ? (
          <>
            <dt>{t('clients.card.zone')}</dt>
            <dd>
              <LocalTime zone={client.time_zone} />
            </dd>
          </>
        ) : null}
      </dl>
      <Choosing ids={[client.id]} open={opened === 'segment'} close={close} />
      <ArchiveOne client={client} open={opened === 'archive'} close={close} />
      {may.erase ? <Erase client={client} open={opened === 'erase'} close={close} /> : null}
      {may.merge ? <Merge client={client} open={opened === 'merge'} close={close} /> : null}
    </div>
  )
}

export function Name({ client }: { client: Profile }) {
  const { t } = useTranslation()
  return (
    <h1 className="client-name">
      <bdi className="wrap">{fullName(client) || t('people.noName')}</bdi>
    </h1>
  )
}

/** When the person last did something of his own. */
function LastAct({ id }: { id: string }) {
  const { t } = useTranslation()
  const { data, error } = useLastAct(id)
  // Said above already, where the latest of all stands.
  if (error) return <span className="soft">—</span>
  if (data === undefined) return <Shape rows={1} />
  return data ? <Moment time={data} relative /> : <span className="soft">{t('clients.card.never')}</span>
}

/** What the clock of the person says now. */
function LocalTime({ zone }: { zone: string }) {
  const { i18n } = useTranslation()
  const clock = { hour: '2-digit', minute: '2-digit', timeZone: zone, timeZoneName: 'shortOffset' } as const
  return (
    <Tooltip title={zone}>
      <span className="figure">{new Intl.DateTimeFormat(i18n.language, clock).format(new Date())}</span>
    </Tooltip>
  )
}
