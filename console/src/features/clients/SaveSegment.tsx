/** Keep the present filters as a segment. */
import { App, Button, Input, Modal, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '@/i18n/format'
import { Failure } from '@/ui/states'
import { useActs } from './acts'
import type { Rule } from './filters'

export function SaveSegment({ rule, total }: { rule: Rule; total?: number }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { number } = useFormat()
  const { segmentOf } = useActs()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [live, setLive] = useState(true)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const go = async () => {
    if (!name.trim() || busy) return
    setBusy(true)
    setFailure(null)
    try {
      const found = await segmentOf(name.trim(), rule, live)
      setOpen(false)
      void message.success(
        <span>
          {t('clients.save.done')}{' '}
          <Link to={`/segments/${found.id}`}>
            <bdi>{found.name}</bdi>
          </Link>
        </span>,
      )
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('clients.save.button')}</Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        title={t('clients.save.title')}
        okText={t('clients.save.do')}
        okButtonProps={{ disabled: !name.trim(), loading: busy }}
        cancelText={t('clients.form.cancel')}
        onOk={go}
        destroyOnHidden
        afterClose={() => {
          setName('')
          setFailure(null)
        }}
      >
        <div className="stack">
          {total === undefined ? null : <p>{t('clients.save.now', { count: total, number: number(total) })}</p>}
          <Input
            autoFocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={go}
            placeholder={t('clients.segment.name')}
            aria-label={t('clients.segment.name')}
          />
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
          <label className="row">
            <Switch checked={live} onChange={setLive} />
            {t('clients.save.live')}
          </label>
          {failure ? <Failure failure={failure} small /> : null}
        </div>
      </Modal>
    </>
  )
}
