/**
 * An action that cannot be taken back: it names its object and number, shows a sample, and needs a deliberate second
 * act, which is typing a word (`word`), or pressing a button that does not have the focus.
 */
import { Button, Input, Modal } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure } from './states'

interface Props {
  title: string
  /** Whom or what it is about, with its number. */
  object: ReactNode
  /** A few of them by name. */
  sample?: ReactNode
  /** What must be typed first; spaces do not count. */
  word?: string
  /** What the last button says, with the number: "Send to 12,418 people". */
  button: string
  act(): Promise<unknown>
  /** Opened by somebody else; without it the component shows its own button. */
  open?: boolean
  close?(): void
  disabled?: boolean
  /** The own button is the main one of its screen. */
  main?: boolean
}

// How a number is grouped differs by language and habit: only letters and digits count.
const bare = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '').toLocaleLowerCase()

export function Danger({ title, object, sample, word, button, act, open, close, disabled, main }: Props) {
  const { t } = useTranslation()
  const field = useId()
  const [own, setOwn] = useState(false)
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const shown = open ?? own
  const leave = () => {
    if (busy) return
    setOwn(false)
    close?.()
  }
  const forget = () => {
    setTyped('')
    setFailure(null)
  }
  const ready = !word || bare(typed) === bare(word)
  const go = async () => {
    // Enter, unlike the button, can be pressed again while it is being done.
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      await act()
      setOwn(false)
      close?.()
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {open === undefined ? (
        <Button danger={!main} type={main ? 'primary' : 'default'} disabled={disabled} onClick={() => setOwn(true)}>
          {button}
        </Button>
      ) : null}
      <Modal
        open={shown}
        title={title}
        onCancel={leave}
        afterClose={forget}
        mask={{ closable: false }}
        closable={!busy}
        keyboard={!busy}
        destroyOnHidden
        footer={[
          <Button key="leave" onClick={leave} disabled={busy} autoFocus={!word}>
            {t('layouts.danger.leave')}
          </Button>,
          <Button key="go" danger type="primary" loading={busy} disabled={!ready} onClick={go}>
            {button}
          </Button>,
        ]}
      >
        <div className="danger">
          <div className="danger-object">{object}</div>
          {sample ? <div className="danger-sample">{sample}</div> : null}
          {word ? (
            <label htmlFor={field}>
              {t('layouts.danger.type')} <strong className="figure">{word}</strong>
              <Input
                id={field}
                autoFocus
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                onPressEnter={go}
              />
            </label>
          ) : null}
          {failure ? <Failure failure={failure} small /> : null}
        </div>
      </Modal>
    </>
  )
}
