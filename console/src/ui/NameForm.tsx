/** Keep what is set under a name: a button that opens a small form. */
import { SaveOutlined } from '@ant-design/icons'
import { Button, Input, Popover } from 'antd'
import { type ReactNode, useState } from 'react'
import { useDoing } from './doing'

interface Props {
  /** What the button that opens it says. */
  open: string
  label: string
  /** What the button that keeps it says, for what is typed. */
  button(name: string): string
  note?: ReactNode
  save(name: string): Promise<unknown>
}

export function NameForm({ open, label, button, note, save }: Props) {
  const [shown, show] = useState(false)
  const [name, setName] = useState('')
  const { busy, go } = useDoing()
  const done = async () => {
    if (!name.trim() || !(await go(() => save(name.trim())))) return
    show(false)
    setName('')
  }
  const content = (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void done()
      }}
    >
      <div className="row">
        <Input
          autoFocus
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={label}
          aria-label={label}
        />
        <Button type="primary" htmlType="submit" loading={busy} disabled={!name.trim()}>
          {button(name.trim())}
        </Button>
      </div>
      {note ? <span className="soft">{note}</span> : null}
    </form>
  )
  return (
    <Popover trigger="click" open={shown} onOpenChange={show} content={content} placement="bottomLeft" destroyOnHidden>
      <Button size="small" type="text" icon={<SaveOutlined />}>
        {open}
      </Button>
    </Popover>
  )
}
