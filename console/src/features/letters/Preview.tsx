/** The letter as the server makes it for a person, on a phone and on a desktop. Whoever is looked up stays out of addresses. */
import { DesktopOutlined, ExpandOutlined, MobileOutlined } from '@ant-design/icons'
import { Button, Modal, Segmented } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/api/problem'
import type { Template } from '@/api/schema'
import { useSession } from '@/app/session'
import { PersonPicker } from '@/ui/PersonPicker'
import { Shape } from '@/ui/Shape'
import { Shown } from '@/ui/states'
import { FRAME } from './frame'
import { usePreview, useVariables } from './queries'

type Width = 'phone' | 'desktop'

interface Props {
  letter: Template
  /** Who it is made for; empty shows what stands in for unknown values. */
  person: string
  choose(person: string): void
}

export function Preview({ letter, person, choose }: Props) {
  const { t } = useTranslation()
  const { can } = useSession()
  const [open, setOpen] = useState(false)
  const [width, setWidth] = useState<Width>('desktop')
  return (
    <div className="letter-preview">
      <div className="part-head">
        <h2>{t('letters.preview')}</h2>
        <Button size="small" icon={<ExpandOutlined />} onClick={() => setOpen(true)}>
          {t('letters.larger')}
        </Button>
      </div>
      {can('profiles.read') ? (
        <div className="person-picker">
          <PersonPicker offers label={t('letters.asPerson')} value={person} change={(id) => choose(id ?? '')} />
        </div>
      ) : null}
      <Made letter={letter} person={person} width="phone" height={440} />
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        title={t('letters.preview')}
        footer={null}
        width={820}
        destroyOnHidden
        centered
      >
        <div className="letter-large">
          <div className="row">
            <Segmented
              aria-label={t('letters.screen')}
              value={width}
              onChange={setWidth}
              options={[
                { value: 'desktop', icon: <DesktopOutlined />, label: t('letters.desktop') },
                { value: 'phone', icon: <MobileOutlined />, label: t('letters.phone') },
              ]}
            />
            {can('profiles.read') ? (
              <div className="person-picker">
                <PersonPicker offers label={t('letters.asPerson')} value={person} change={(id) => choose(id ?? '')} />
              </div>
            ) : null}
          </div>
          <Made letter={letter} person={person} width={width} height={560} />
        </div>
      </Modal>
    </div>
  )
}

function Made({ letter, person, width, height }: { letter: Template; person: string; width: Width; height: number }) {
  const { t } = useTranslation()
  const variables = useVariables()
  const found = usePreview(letter, person)
  if (found.error instanceof Problem && found.error.code === 'LETTER_REFUSED') {
    return <p className="soft">{t('letters.previewWaits')}</p>
  }
  return (
    <Shown found={found} shape={<Shape rows={8} />}>
      {(made) => (
        <>
          <div className={`mail mail-${width}`}>
            <div className="mail-head">
              <strong>
                <bdi>{made.subject || t('letters.noSubject')}</bdi>
              </strong>
              <span className="soft cut">
                <bdi>{made.preheader}</bdi>
              </span>
            </div>
            <Framed html={made.html} height={height} label={t('letters.preview')} />
          </div>
          {made.fallbacks_used.length ? (
            <p className="soft letter-stood">
              {t('letters.stoodIn', {
                names: made.fallbacks_used
                  .map((name) => variables.find((each) => each.name === name)?.title ?? name)
                  .join(', '),
              })}
            </p>
          ) : null}
        </>
      )}
    </Shown>
  )
}

/**
 * A letter in a page of its own: it has no script, no origin and no way out.
 *
 * The page around it allows no inline style, and a letter is nothing else; the gateway's empty page does, and shows what
 * is posted to it inside of a frame without any right.
 */
export function Framed({ html, height, label }: { html: string; height: number; label: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const ready = useRef(false)
  const latest = useRef(html)
  latest.current = html
  // The frame's page has no origin that could be named.
  const show = () => frame.current?.contentWindow?.postMessage(latest.current, '*')
  // biome-ignore lint/correctness/useExhaustiveDependencies: shown anew whenever the letter is another
  useEffect(() => {
    if (ready.current) show()
  }, [html])
  return (
    <iframe
      ref={frame}
      className="mail-body"
      src={FRAME}
      sandbox="allow-scripts"
      title={label}
      style={{ height }}
      onLoad={() => {
        ready.current = true
        show()
      }}
    />
  )
}
