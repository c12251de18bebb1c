/** What a block holds, written in its place and in its shape. */
import { Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Field } from './Field'
import type { Block } from './letter'
import { Picture } from './Picture'

export function BlockBody({
  block,
  taken,
  change,
}: {
  block: Block
  /** Gives the picture that was dropped where the block now stands, once. */
  taken(key: string): File | undefined
  change(fields: Partial<Block>): void
}) {
  const { t } = useTranslation()
  const text = (value: string) => change({ text: value })
  const label = t(`letters.kinds.${block.kind}`)
  switch (block.kind) {
    case 'heading':
      return (
        <>
          <Field
            bare
            label={label}
            value={block.text}
            change={text}
            placeholder={t('letters.headingHint')}
            className={`as-heading as-heading-${block.level || 1}`}
          />
          <div className="block-size">
            <Segmented
              size="small"
              aria-label={t('letters.size')}
              value={block.level || 1}
              onChange={(level) => change({ level })}
              options={[1, 2, 3].map((level) => ({ value: level, label: t(`letters.sizes.${level}`) }))}
            />
          </div>
        </>
      )
    case 'text':
      return (
        <Field bare rich links label={label} value={block.text} change={text} placeholder={t('letters.textHint')} />
      )
    case 'button':
      return (
        <>
          <Field
            bare
            label={label}
            value={block.text}
            change={text}
            placeholder={t('letters.buttonHint')}
            className="as-button"
          />
          <Input
            className="block-more"
            prefix={<span className="soft">{t('letters.leadsTo')}</span>}
            aria-label={t('letters.leadsTo')}
            value={block.address}
            placeholder="https://"
            onChange={(event) => change({ address: event.target.value })}
          />
        </>
      )
    case 'image':
      return <Picture block={block} taken={taken} change={change} />
    case 'divider':
      return <hr className="as-divider" aria-label={label} />
    case 'footer':
      return (
        <>
          <Field
            bare
            rich
            links
            label={label}
            value={block.text}
            change={text}
            placeholder={t('letters.footerHint')}
            className="as-footer"
          />
          <p className="soft as-footer-note">{t('letters.wayOut')}</p>
        </>
      )
  }
}
