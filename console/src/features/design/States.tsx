/** The states of anything that is asked for. */
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/api/problem'
import { CardSkeleton } from '@/layouts/Card'
import { Failure, NoRight, Nothing, PageSkeleton, Partial } from '@/ui/states'

export const AWAY = new Problem(503, { code: 'AWAY' }, '4bf92f3577b34da6a3ce929d0e0e4736')

export default function States() {
  const { t } = useTranslation()
  const again = () => {}
  const shown: Record<string, ReactNode> = {
    loading: <PageSkeleton />,
    empty: (
      <Nothing text={t('design.states.emptyText')}>
        <Button type="primary">{t('design.states.emptyNext')}</Button>
      </Nothing>
    ),
    failing: <Failure failure={AWAY} again={again} />,
    unreachable: <Failure failure={new Problem(0, {})} again={again} />,
    small: <Failure failure={AWAY} again={again} small />,
    noRight: <NoRight />,
    partial: (
      <Partial text={t('design.states.partialText')}>
        <Button size="small" type="link">
          {t('states.again')}
        </Button>
      </Partial>
    ),
    card: <CardSkeleton />,
  }
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('design.parts.states')}</h1>
      </header>
      <div className="both">
        {Object.entries(shown).map(([key, content]) => (
          <section
            key={key}
            className={key === 'card' ? 'paper broad' : 'paper'}
            aria-label={t(`design.states.${key}`)}
          >
            <h2>{t(`design.states.${key}`)}</h2>
            {content}
          </section>
        ))}
      </div>
    </div>
  )
}
