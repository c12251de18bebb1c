/** A letter that was written as MJML: its text as it is, for whoever knows the language; everybody else leaves it. */
import { Alert, Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'

const LONGEST = 256 << 10

interface Props {
  source: string
  change(source: string): void
}

export function Source({ source, change }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Alert
        type="info"
        title={t('letters.written')}
        action={
          <Button size="small" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
            {t(open ? 'letters.sourceHide' : 'letters.sourceShow')}
          </Button>
        }
      />
      {open ? (
        <Input.TextArea
          id={id}
          className="letter-source"
          aria-label={t('letters.source')}
          spellCheck={false}
          // Not by its content: the kit measures that in a box whose style the content policy refuses.
          rows={24}
          maxLength={LONGEST}
          value={source}
          // An emptied text is still a letter of this kind, not one of blocks.
          onChange={(event) => change(event.target.value || '\n')}
        />
      ) : null}
    </>
  )
}
