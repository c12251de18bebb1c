/** The people of a segment: put in and taken out by hand, each with the way back. */
import { UserAddOutlined, UserDeleteOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { Profile, Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { PersonName } from '@/ui/PersonName'
import { PersonPicker } from '@/ui/PersonPicker'
import { mainWorkplace, today } from '@/ui/people'
import { Failure, Nothing, useSentence } from '@/ui/states'
import { TermWord } from '@/ui/terms'
import { useUndo } from '@/ui/undo'

const PAGE = 50

/** Put people in or take them out by hand; the card and its lists are then asked for anew. */
function useByHand(segment: string) {
  const queries = useQueryClient()
  const renew = () => queries.invalidateQueries({ queryKey: ['segments'] })
  const body = (ids: readonly string[]) => ({ params: { path: { segment } }, body: { profiles: [...ids] } })
  return {
    add: (ids: readonly string[]) => answer(api.POST('/v1/segments/{segment}:addMembers', body(ids))).then(renew),
    remove: (ids: readonly string[]) => answer(api.POST('/v1/segments/{segment}:removeMembers', body(ids))).then(renew),
  }
}

export function People({ segment }: { segment: Segment }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { message } = App.useApp()
  const sentence = useSentence()
  const mayEdit = useMay('segments.edit') && segment.state === 'active'
  const pages = usePages(`segment-people:${segment.id}`)
  const [chosen, choose] = useState<readonly string[]>([])
  const [adding, setAdding] = useState(false)
  const [busy, setBusy] = useState(false)
  const undo = useUndo()
  const { add, remove } = useByHand(segment.id)
  const found = useQuery({
    queryKey: ['segments', 'people', segment.id, segment.member_time, pages.token],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/segments/{segment}/members', {
          params: { path: { segment: segment.id }, query: { page_size: PAGE, page_token: pages.token } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })
  const out = async () => {
    const ids = [...chosen]
    setBusy(true)
    try {
      await remove(ids)
      choose([])
      undo(t('segments.hand.removed', { count: ids.length, number: number(ids.length) }), () => add(ids))
    } catch (failure) {
      void message.error(sentence(failure).title)
    } finally {
      setBusy(false)
    }
  }
  const now = today()
  return (
    <>
      <ListLayout<Profile>
        name="segment-people"
        inside
        title={t('segments.tabs.people')}
        total={found.data?.total}
        filters={
          mayEdit ? (
            <Button icon={<UserAddOutlined />} onClick={() => setAdding(true)}>
              {t('segments.hand.add')}
            </Button>
          ) : null
        }
        columns={[
          {
            key: 'name',
            title: t('segments.person.name'),
            always: true,
            width: 260,
            render: (each) => <PersonName person={each} to={`/clients/${each.id}`} />,
          },
          {
            key: 'specialty',
            title: t('segments.workplace.specialty'),
            width: 180,
            render: (each) => (
              <TermWord dictionary="specialties" code={mainWorkplace(each.affiliations, now)?.specialty ?? ''} />
            ),
          },
          {
            key: 'work',
            title: t('segments.workplace.organisation'),
            width: 320,
            render: (each) => <bdi className="cut">{mainWorkplace(each.affiliations, now)?.organisation_name}</bdi>,
          },
        ]}
        rows={found.data?.items}
        idOf={(each) => each.id}
        loading={found.isPlaceholderData}
        failure={found.error}
        again={() => void found.refetch()}
        page={pages.turn(PAGE, found.data?.next_page_token)}
        open={(each) => `/clients/${each.id}`}
        selection={
          mayEdit
            ? {
                keys: chosen,
                change: choose,
                bar: (
                  <Button size="small" icon={<UserDeleteOutlined />} loading={busy} onClick={() => void out()}>
                    {t('segments.hand.remove', { count: chosen.length, number: number(chosen.length) })}
                  </Button>
                ),
              }
            : undefined
        }
        empty={<Nothing text={t('segments.nobody')} />}
      />
      <Adding segment={segment} open={adding} close={() => setAdding(false)} add={add} remove={remove} />
    </>
  )
}

interface AddingProps {
  segment: Segment
  open: boolean
  close(): void
  add(ids: readonly string[]): Promise<unknown>
  remove(ids: readonly string[]): Promise<unknown>
}

function Adding({ segment, open, close, add, remove }: AddingProps) {
  const { t } = useTranslation()
  const undo = useUndo()
  const [person, setPerson] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const go = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await add([person])
      undo(t('segments.hand.added'), () => remove([person]))
      close()
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open={open}
      title={t('segments.hand.adding')}
      okText={t('segments.hand.put')}
      okButtonProps={{ disabled: !person, loading: busy }}
      onOk={() => void go()}
      onCancel={close}
      afterClose={() => {
        setPerson('')
        setFailure(null)
      }}
      destroyOnHidden
    >
      <div className="stack">
        <PersonPicker label={t('segments.why.person')} change={(id) => setPerson(id ?? '')} />
        <p className="soft">{t(segment.rule ? 'segments.hand.besideRule' : 'segments.hand.toList')}</p>
        {failure ? <Failure failure={failure} small /> : null}
      </div>
    </Modal>
  )
}
