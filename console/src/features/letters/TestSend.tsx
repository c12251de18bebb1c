/** Send the letter to a few addresses of one's own: never counted, and said one by one what became of it. */
import { Alert, App, Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestSent } from '@/api/schema'
import { Failure } from '@/ui/states'
import { OutcomeWord } from '@/ui/words'
import { TestGroups } from './TestGroups'

const MOST = 10
const MAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/

interface Props {
  /** Saves what is not saved, sends, and answers by address. */
  send(addresses: string[]): Promise<TestSent>
  /** For whom the letter is made: a client by name, or nobody. */
  note?: string
}

export function TestSend({ send, note }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const [addresses, setAddresses] = useState<readonly string[]>([])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [sent, setSent] = useState<{ to: readonly string[]; results: TestSent['results'] } | null>(null)
  const wrong = addresses.filter((each) => !MAIL.test(each))
  const choose = (next: readonly string[]) => {
    const once = [...new Set(next.map((each) => each.trim()).filter(Boolean))]
    if (once.length > MOST) void message.info(t('letters.testMost', { most: MOST }))
    setAddresses(once.slice(0, MOST))
  }
  const go = async () => {
    setBusy(true)
    setFailure(null)
    setSent(null)
    try {
      const { results } = await send([...addresses])
      setSent({ to: addresses, results })
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('letters.test')}</Button>
      <Modal
        open={open}
        title={t('letters.testTitle')}
        onCancel={() => setOpen(false)}
        afterClose={() => {
          setSent(null)
          setFailure(null)
        }}
        okText={t('letters.testSend', { count: addresses.length })}
        okButtonProps={{ disabled: !addresses.length || wrong.length > 0, loading: busy }}
        onOk={go}
        cancelText={t('letters.close')}
      >
        <div className="test-send">
          <p className="soft">
            {t('letters.testNote')} {note}
          </p>
          <Select
            mode="tags"
            autoFocus
            open={false}
            suffixIcon={null}
            value={[...addresses]}
            onChange={choose}
            tokenSeparators={[',', ';', ' ', '\n']}
            placeholder="anna@example.org"
            aria-label={t('letters.testTo')}
            status={wrong.length ? 'error' : undefined}
          />
          {wrong.length ? (
            <p className="bad" role="alert">
              {t('letters.notAddresses', { list: wrong.join(', ') })}
            </p>
          ) : null}
          <TestGroups open={open} addresses={addresses} fit={wrong.length === 0} choose={choose} />
          {sent ? (
            <ul className="lines" aria-label={t('letters.testSent')}>
              {sent.results.map((each, place) => (
                <li key={sent.to[place]}>
                  <bdi>{sent.to[place]}</bdi>
                  <OutcomeWord outcome={resultOf(each.outcome)} />
                  {each.outcome === 'delivered' ? null : <code className="soft">{each.provider_code}</code>}
                </li>
              ))}
            </ul>
          ) : null}
          {failure ? <Alert type="error" title={<Failure failure={failure} small />} /> : null}
        </div>
      </Modal>
    </>
  )
}

function resultOf(outcome: string): 'delivered' | 'bounced' | 'failed' {
  return outcome === 'delivered' || outcome === 'bounced' ? outcome : 'failed'
}
