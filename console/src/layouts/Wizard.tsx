/** The wizard: steps on top, what will happen with its numbers at the foot, before it happens. Back loses nothing. */
import './wizard.css'
import { CheckOutlined, CloseOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export interface WizardStep {
  key: string
  title: string
  state: 'wait' | 'doing' | 'done' | 'wrong'
  /** What it holds, in a few words: a file's name, a number. */
  note?: string
}

interface Props {
  title: ReactNode
  steps: readonly WizardStep[]
  at: string
  /** Steps that wait cannot be gone to. */
  go(key: string): void
  /** What will happen, with numbers, and the main button. */
  foot: ReactNode
  actions?: ReactNode
  /** How the draft is kept: "Saved at 14:05". */
  saved?: ReactNode
  /** The body takes what is left of the window: a table that scrolls by itself. */
  full?: boolean
  children: ReactNode
}

export function WizardLayout({ title, steps, at, go, foot, actions, saved, full, children }: Props) {
  const { t } = useTranslation()
  return (
    <div className={full ? 'page wizard wizard-full' : 'page wizard'}>
      <header className="page-head">
        <h1>{title}</h1>
        {saved ? <span className="soft">{saved}</span> : null}
        <div className="actions">{actions}</div>
      </header>
      <nav aria-label={t('layouts.wizard.steps')}>
        <ol className="steps">
          {steps.map((step, place) => (
            <li key={step.key} className={`step step-${step.state}`}>
              <button
                type="button"
                disabled={step.state === 'wait' && step.key !== at}
                aria-current={step.key === at ? 'step' : undefined}
                onClick={() => go(step.key)}
              >
                <i aria-hidden>
                  {step.state === 'done' ? <CheckOutlined /> : step.state === 'wrong' ? <CloseOutlined /> : place + 1}
                </i>
                <span>
                  {step.title}
                  {step.state === 'done' || step.state === 'wrong' ? (
                    <span className="unseen"> {t(`layouts.wizard.${step.state}`)}</span>
                  ) : null}
                  {step.note ? <small>{step.note}</small> : null}
                </span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <section className="wizard-body">{children}</section>
      <footer className="wizard-foot">{foot}</footer>
    </div>
  )
}
