/** Colours, type and space. */
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { type Mode, OUTCOMES, type Outcome, palette, SERIES, SPACE } from '@/theme'
import { OutcomeWord } from '@/ui/words'
import { Both } from './Both'

const TYPE = [
  { key: 'h1', size: '20 / 28', weight: 600 },
  { key: 'h2', size: '16 / 24', weight: 600 },
  { key: 'h3', size: '14 / 22', weight: 600 },
  { key: 'text', size: '14 / 21', weight: 400 },
  { key: 'small', size: '12 / 18', weight: 400 },
] as const

function Swatches({ colours, title }: { colours: readonly (readonly [string, string])[]; title: string }) {
  return (
    <>
      <h3>{title}</h3>
      <ul className="swatches">
        {colours.map(([name, colour]) => (
          <li key={name}>
            <i style={{ background: colour }} aria-hidden />
            {name}
            <small className="soft figure">{colour}</small>
          </li>
        ))}
      </ul>
    </>
  )
}

function Colours({ mode }: { mode: Mode }) {
  const { t } = useTranslation()
  const outcomes = Object.keys(OUTCOMES[mode]) as Outcome[]
  return (
    <>
      <h2>{t(`frame.shade.${mode}`)}</h2>
      <Swatches title={t('design.tokens.meaning')} colours={Object.entries(palette(mode))} />
      <Swatches
        title={t('design.tokens.series')}
        colours={SERIES[mode].map((colour, place) => [`${place + 1}`, colour] as const)}
      />
      <h3>{t('design.tokens.outcomes')}</h3>
      <ul className="outcomes">
        {outcomes.map((outcome) => (
          <li key={outcome}>
            <OutcomeWord outcome={outcome} />
          </li>
        ))}
      </ul>
    </>
  )
}

export default function Tokens() {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('design.parts.tokens')}</h1>
      </header>
      <Both>{(mode) => <Colours mode={mode} />}</Both>
      <div className="both">
        <section className="paper">
          <h2>{t('design.tokens.type')}</h2>
          {TYPE.map(({ key, size, weight }) => (
            <div key={key} className={`type type-${key}`}>
              <span>{t('design.tokens.sample')}</span>
              <small className="soft figure">
                {size} · {weight}
              </small>
            </div>
          ))}
          <div className="type">
            <span className="figure">
              {number(1234567)} · {number(9876543)}
            </span>
            <small className="soft">{t('design.tokens.figures')}</small>
          </div>
        </section>
        <section className="paper">
          <h2>{t('design.tokens.space')}</h2>
          {Object.values(SPACE).map((pixels) => (
            <div key={pixels} className="space">
              <i style={{ width: pixels }} aria-hidden />
              <span className="figure">{pixels}</span>
            </div>
          ))}
          <h2>{t('design.tokens.corners')}</h2>
          <div className="corners">
            {[4, 6, 8].map((pixels) => (
              <span key={pixels} className="figure" style={{ borderRadius: pixels }}>
                {pixels}
              </span>
            ))}
          </div>
        </section>
      </div>
    </div>
  )
}
