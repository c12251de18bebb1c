/** Put people into a segment: one that is there, or a new list of them. */
import { PartitionOutlined } from '@ant-design/icons'
import { App, Button, Input, Modal, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/i18n/format'
import { Failure } from '@/ui/states'
import { SegmentPicker } from '@/ui/terms'
import { useActs } from './acts'

export function ToSegment({ ids, done }: { ids: readonly string[]; done?(): void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" icon={<PartitionOutlined />} onClick={() => setOpen(true)}>
        {t('clients.segment.button')}
      </Button>
      <Choosing ids={ids} open={open} close={() => setOpen(false)} done={done} />
    </>
  )
}

interface Props {
  ids: readonly string[]
  open: boolean
  close(): void
  done?(): void
}

export function Choosing({ ids, open, close, done }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { number } = useFormat()
  const { addTo, listOf } = useActs()
  const [way, setWay] = useState<'known' | 'new'>('known')
  const [segment, setSegment] = useState('')
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const ready = way === 'known' ? segment !== '' : name.trim() !== ''
  const count = ids.length
  const go = async () => {
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      const found = await (way === 'known' ? addTo(segment, ids) : listOf(name.trim(), ids))
      void message.success(
        <span>
          {t('clients.segment.done', { count, number: number(count) })}{' '}
          <Link to={`/segments/${found.id}`}>
            <bdi>{found.name}</bdi>
          </Link>
        </span>,
      )
      done?.()
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
      onCancel={close}
      title={t('clients.segment.title', { count, number: number(count) })}
      okText={t('clients.segment.add')}
      okButtonProps={{ disabled: !ready, loading: busy }}
      cancelText={t('clients.form.cancel')}
      onOk={go}
      destroyOnHidden
      afterClose={() => {
        setSegment('')
        setName('')
        setFailure(null)
      }}
    >
      <div className="stack">
        <Segmented
          value={way}
          onChange={setWay}
          options={[
            { value: 'known', label: t('clients.segment.known') },
            { value: 'new', label: t('clients.segment.new') },
          ]}
        />
        {way === 'known' ? (
          <SegmentPicker
            many={false}
            autoFocus
            label={t('clients.segment.which')}
            value={segment ? [segment] : []}
            change={(next) => setSegment(next[0] ?? '')}
          />
        ) : (
          <Input
            autoFocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={go}
            placeholder={t('clients.segment.name')}
            aria-label={t('clients.segment.name')}
          />
        )}
        <p className="soft">{t(way === 'known' ? 'clients.segment.knownHelp' : 'clients.segment.newHelp')}</p>
        {failure ? <Failure failure={failure} small /> : null}
      </div>
    </Modal>
  )
}
