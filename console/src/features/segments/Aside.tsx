/** The left of a segment's card: what it is, whether it follows by itself, what can be done with it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Dropdown, Input, type MenuProps, Modal, Space, Switch } from 'antd'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { answer, api } from '@/api/client'
import { useOperation } from '@/api/operations'
import type { PatchSegment, Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { Failure, useSentence } from '@/ui/states'
import { useUndo } from '@/ui/undo'
import { Figure, Label, Moment } from '@/ui/words'

type Asked = '' | 'copy' | 'name'

export function Aside({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const sentence = useSentence()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const undo = useUndo()
  const mayEdit = useMay('segments.edit')
  const maySend = useMay('campaigns.edit')
  const [asked, ask] = useState<Asked>('')
  const door = useRef<HTMLButtonElement>(null)
  const [refreshing, setRefreshing] = useState<string>()
  const renew = () => queries.invalidateQueries({ queryKey: ['segments'] })
  const operation = useOperation(refreshing, () => void renew())
  const path = { params: { path: { segment: segment.id } } }
  const refresh = useMutation({
    mutationFn: () => answer(api.POST('/v1/segments/{segment}:refresh', path)),
    onSuccess: (begun) => setRefreshing(begun?.id),
  })
  const restore = () => answer(api.POST('/v1/segments/{segment}:restore', path)).then(renew)
  const archive = useMutation({
    mutationFn: () => answer(api.POST('/v1/segments/{segment}:archive', path)),
    onSuccess: async () => {
      await renew()
      undo(t('segments.archivedNow'), restore)
    },
  })
  const active = segment.state === 'active'
  const items: MenuProps['items'] = [
    ...(segment.rule ? [{ key: 'refresh', label: t('segments.refresh'), disabled: !active }] : []),
    { key: 'name', label: t('segments.rename'), disabled: !active },
    { key: 'copy', label: t('segments.copy') },
    active ? { key: 'archive', label: t('segments.archive') } : { key: 'restore', label: t('segments.restore') },
  ]
  const chosen: MenuProps['onClick'] = ({ key }) => {
    if (key === 'refresh') refresh.mutate()
    else if (key === 'copy' || key === 'name') {
      // A dialog gives the focus back to what had it: the menu is gone by then, its button is not.
      door.current?.focus()
      ask(key)
    } else if (key === 'archive') archive.mutate()
    else void restore().catch((failure: unknown) => message.error(sentence(failure).title))
  }
  const busy = refresh.isPending || (operation !== null && !operation.done)
  return (
    <div className="segment-aside">
      <h1>
        <bdi className="wrap">{segment.name}</bdi>
      </h1>
      <Space size={4} wrap>
        <Label kind={segment.kind === 'live' ? 'act' : undefined}>{t(`segments.kind.${segment.kind}`)}</Label>
        {active ? null : <Label kind="warn">{t('segments.archived')}</Label>}
      </Space>
      <dl className="facts">
        <dt>{t('segments.columns.people')}</dt>
        <dd>
          <Figure value={segment.members} to="?tab=people" />
        </dd>
        {segment.kind === 'live' ? (
          <>
            <dt>{t('segments.follows.title')}</dt>
            <dd>
              <Follows segment={segment} may={mayEdit && active} />
            </dd>
          </>
        ) : null}
        <dt>{t('segments.columns.counted')}</dt>
        <dd>{busy ? t('segments.counting') : <Moment time={segment.member_time} relative />}</dd>
        <dt>{t('segments.columns.updated')}</dt>
        <dd>
          <Moment time={segment.update_time} relative />
        </dd>
        <dt>{t('segments.columns.created')}</dt>
        <dd>
          <Moment time={segment.create_time} relative />
        </dd>
      </dl>
      <Space wrap>
        {maySend && active ? (
          <Button type="primary" onClick={() => void navigate(`/campaigns/new?segment=${segment.id}`)}>
            {t('segments.send')}
          </Button>
        ) : null}
        {mayEdit && active && segment.rule ? (
          <Button onClick={() => void navigate(`/segments/${segment.id}/edit`)}>{t('segments.edit')}</Button>
        ) : null}
        {mayEdit ? (
          <Dropdown trigger={['click']} menu={{ items, onClick: chosen }}>
            <Button ref={door} loading={archive.isPending}>
              {t('segments.more')}
            </Button>
          </Dropdown>
        ) : null}
      </Space>
      {asked === 'copy' ? <Copy segment={segment} close={() => ask('')} /> : null}
      {asked === 'name' ? <Rename segment={segment} close={() => ask('')} /> : null}
    </div>
  )
}

/** Change a segment that nobody else has changed since it was shown. */
function useChange(segment: Segment) {
  const queries = useQueryClient()
  return useMutation({
    meta: { shown: true },
    mutationFn: (body: Partial<PatchSegment>) =>
      answer(
        api.PATCH('/v1/segments/{segment}', {
          params: { path: { segment: segment.id }, header: { 'if-match': segment.etag } },
          body: { name: segment.name, ...body },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['segments'] }),
  })
}

/** Whether people come and go by themselves. */
function Follows({ segment, may }: { segment: Segment; may: boolean }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const sentence = useSentence()
  const id = useId()
  const change = useChange(segment)
  return (
    <span className="row">
      <Switch
        size="small"
        checked={segment.auto_update}
        disabled={!may}
        loading={change.isPending}
        aria-label={t('segments.follows.title')}
        aria-describedby={id}
        onChange={(auto_update) =>
          change.mutate({ auto_update }, { onError: (failure: unknown) => void message.error(sentence(failure).title) })
        }
      />
      <span id={id} className="soft">
        {t(segment.auto_update ? 'segments.follows.on' : 'segments.follows.off')}
      </span>
    </span>
  )
}

function Rename({ segment, close }: { segment: Segment; close: () => void }) {
  const { t } = useTranslation()
  const change = useChange(segment)
  return (
    <Named
      title={t('segments.rename')}
      button={t('segments.renameDo')}
      first={segment.name}
      busy={change.isPending}
      failure={change.error}
      close={close}
      done={(name) => change.mutate({ name }, { onSuccess: close })}
    />
  )
}

function Copy({ segment, close }: { segment: Segment; close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const copy = useMutation({
    meta: { shown: true },
    mutationFn: (name: string) =>
      answer(api.POST('/v1/segments/{segment}:copy', { params: { path: { segment: segment.id } }, body: { name } })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['segments'] })
      close()
      void navigate(`/segments/${made.id}`)
    },
  })
  return (
    <Named
      title={t('segments.copy')}
      button={t('segments.copy')}
      first={t('segments.copyOf', { name: segment.name }).slice(0, 200)}
      busy={copy.isPending}
      failure={copy.error}
      close={close}
      done={(name) => copy.mutate(name)}
    />
  )
}

/** A dialog that asks for a name. */
function Named({
  title,
  button,
  first,
  busy,
  failure,
  close,
  done,
}: {
  title: string
  button: string
  first: string
  busy: boolean
  failure: unknown
  close(): void
  done(name: string): void
}) {
  const { t } = useTranslation()
  const [name, setName] = useState(first)
  const go = () => {
    if (name.trim() && !busy) done(name.trim())
  }
  return (
    <Modal
      open
      title={title}
      okText={button}
      onOk={go}
      okButtonProps={{ disabled: !name.trim(), loading: busy }}
      onCancel={close}
    >
      <Input
        autoFocus
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={go}
        aria-label={t('segments.name')}
      />
      {failure ? <Failure failure={failure} small /> : null}
    </Modal>
  )
}
