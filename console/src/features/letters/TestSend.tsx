/** Send the letter to a few addresses of one's own: never counted, and said one by one what became of it. */
import { Alert, Button, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestSent } from '@/api/schema'
import { Failure } from '@/ui/states'
import { OutcomeWord } from '@/ui/words'

const MOST = 10
const MAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/

interface Props {
  /** Saves what is not saved, sends, and answers by address. */
  send(addresses: string[]): Promise<TestSent>
}

export function TestSend({ send }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [addresses, setAddresses] = useState<string[]>([])
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [sent, setSent] = useState<{ to: string[]; results: TestSent['results'] } | null>(null)
  const wrong = addresses.filter((each) => !MAIL.test(each))
  const go = async () => {
    setBusy(true)
    setFailure(null)
    setSent(null)
    try {
      const { results } = await send(addresses)
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
        afterClose={() => setSent(null)}
        okText={t('letters.testSend', { count: addresses.length })}
        okButtonProps={{ disabled: !addresses.length || wrong.length > 0, loading: busy }}
        onOk={go}
        cancelText={t('letters.close')}
      >
        <div className="test-send">
          <p className="soft">{t('letters.testNote')}</p>
          <Select
            mode="tags"
            autoFocus
            open={false}
            suffixIcon={null}
            maxCount={MOST}
            value={addresses}
            onChange={(next: string[]) => setAddresses([...new Set(next.map((each) => each.trim()).filter(Boolean))])}
            tokenSeparators={[',', ';', ' ', '\n']}
            placeholder="anna@example.org"
            aria-label={t('letters.testTo')}
            status={wrong.length ? 'error' : undefined}
          />
          {wrong.length ? <p className="bad">{t('letters.notAddresses', { list: wrong.join(', ') })}</p> : null}
          {sent ? (
            <ul className="lines">
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
