/** Versions of a letter: what each says, and the way back into the draft. */
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LetterContent, Template } from '@/api/schema'
import { Shape } from '@/ui/Shape'
import { Nothing, Shown } from '@/ui/states'
import { Label, Moment } from '@/ui/words'
import { type Letter, letterOf, sameContent } from './letter'
import { shownAt } from './pictures'
import { useVersion } from './queries'

/** Versions listed at once; each of them is asked for. */
const STEP = 10

interface Props {
  letter: Template
  /** Put a version's content into the draft. */
  take?(next: Letter, version: number): void
}

export function Versions({ letter, take }: Props) {
  const { t } = useTranslation()
  const [shown, show] = useState(STEP)
  if (!letter.version) return <Nothing text={t('letters.unpublished')} />
  const numbers = Array.from({ length: Math.min(letter.version, shown) }, (_, place) => letter.version - place)
  return (
    <>
      <ol className="versions">
        {numbers.map((version) => (
          <Version key={version} letter={letter} version={version} take={take} />
        ))}
      </ol>
      {shown < letter.version ? <Button onClick={() => show(shown + STEP)}>{t('letters.versionsMore')}</Button> : null}
    </>
  )
}

function Version({ letter, version, take }: Props & { version: number }) {
  const { t } = useTranslation()
  const found = useVersion(letter.id, version)
  const [open, setOpen] = useState(false)
  return (
    <li className="version">
      <Shown found={found} shape={<Shape title={160} rows={1} />}>
        {(known) => {
          const present = sameContent(known.content, letter.draft)
          return (
            <>
              <h3>
                {t('letters.versionOf', { version })} ·{' '}
                {version === letter.version ? <Label>{t('letters.last')}</Label> : null}
              </h3>
              <p className="soft">
                <Moment time={known.create_time} />
              </p>
              <p>
                <bdi>{known.content?.subject}</bdi>
              </p>
              <div className="row">
                <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
                  {t(open ? 'letters.versionFold' : 'letters.versionLook')}
                </Button>
                {present ? (
                  <span className="soft">{t('letters.versionPresent')}</span>
                ) : take ? (
                  <Button size="small" onClick={() => take(letterOf('', known.content), version)}>
                    {t('letters.takeVersion')}
                  </Button>
                ) : null}
              </div>
              {open ? <Said content={known.content} /> : null}
            </>
          )
        }}
      </Shown>
    </li>
  )
}

/** What a version says, block by block; variables stand by their names. */
function Said({ content }: { content: LetterContent | null | undefined }) {
  const { t } = useTranslation()
  const letter = letterOf('', content)
  return (
    <div className="version-said">
      {letter.from_name || letter.preheader ? (
        <p className="soft">
          <bdi>{[letter.from_name, letter.preheader].filter(Boolean).join(' · ')}</bdi>
        </p>
      ) : null}
      {letter.source ? <pre>{letter.source}</pre> : null}
      {letter.blocks.map((block) => {
        const picture = block.kind === 'image' ? shownAt(block.image) : ''
        return (
          <div key={block.key} className={`said said-${block.kind}`}>
            {block.kind === 'divider' ? <hr aria-label={t('letters.kinds.divider')} /> : null}
            {picture ? <img src={picture} alt={block.text} /> : null}
            {block.kind !== 'divider' && !picture ? <bdi>{block.text || t(`letters.kinds.${block.kind}`)}</bdi> : null}
            {block.address ? <small className="soft cut">{block.address}</small> : null}
          </div>
        )
      })}
    </div>
  )
}
