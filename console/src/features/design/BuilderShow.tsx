/** The builder as an invented rule with its live effect, in every state. */
import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BuilderLayout } from '@/layouts/Builder'
import { useHistory } from '@/layouts/history'
import { Shape } from '@/ui/Shape'
import { Failure, NoRight, Nothing, Partial } from '@/ui/states'
import { Figure, Share } from '@/ui/words'
import { specialties } from './people'
import { AWAY } from './States'

const COUNT = 4821

export default function BuilderShow({ state }: { state: string }) {
  const { t, i18n } = useTranslation()
  const { value, change, undo, redo, canUndo, canRedo } = useHistory<readonly string[]>(() =>
    state === 'empty' ? [] : specialties(i18n.language).slice(0, 3),
  )
  const [chosen, setChosen] = useState<number | null>(state === 'empty' ? null : 0)
  const [saving, setSaving] = useState(false)
  const [time, setTime] = useState('2026-11-20T11:05:00Z')
  useEffect(() => {
    if (!canUndo && !canRedo) return
    setSaving(true)
    const timer = setTimeout(() => {
      setSaving(false)
      setTime(new Date().toISOString())
    }, 600)
    return () => clearTimeout(timer)
  }, [canUndo, canRedo])
  if (state === 'noRight') return <NoRight />
  const all = specialties(i18n.language)
  const here = chosen === null ? undefined : value[chosen]
  const count = value.reduce((sum, each) => sum + Math.round(COUNT / (all.indexOf(each) + 2)), 0)
  const reach = [
    ['email', 0.72],
    ['sms', 0.41],
    ['push', 0.08],
  ] as const
  const effect =
    state === 'loading' ? (
      <Shape title={120} rows={5} />
    ) : state === 'failing' ? (
      <Failure failure={AWAY} again={() => {}} small />
    ) : value.length === 0 ? (
      <Nothing text={t('design.builder.noRule')} small />
    ) : (
      <>
        <h2>{t('design.builder.effect')}</h2>
        <p className="great">
          <Figure value={count} unit={t('design.pieces.people')} to="?part=list" />
        </p>
        <h3>{t('design.builder.reach')}</h3>
        <dl className="facts facts-figures">
          {reach.map(([channel, share]) => (
            <div key={channel}>
              <dt>{t(`design.charts.${channel}`)}</dt>
              <dd>
                <Figure value={Math.round(count * share)} to="?part=list" />{' '}
                <span className="soft">
                  <Share part={Math.round(count * share)} whole={count} />
                </span>
              </dd>
            </div>
          ))}
        </dl>
        <h3>{t('design.builder.losses')}</h3>
        <dl className="facts facts-figures">
          {(['noConsent', 'noContact', 'dead'] as const).map((reason, place) => (
            <div key={reason}>
              <dt>{t(`design.builder.${reason}`)}</dt>
              <dd>
                <Figure value={Math.round(count * ([0.19, 0.06, 0.03][place] ?? 0))} to="?part=list" />
              </dd>
            </div>
          ))}
        </dl>
        {state === 'partial' ? <Partial text={t('design.states.partialText')} /> : null}
      </>
    )
  return (
    <BuilderLayout
      title={t('design.title')}
      head={<h1>{t('design.builder.title')}</h1>}
      saved={state === 'failing' ? { saving: false, failure: AWAY } : { saving, time }}
      undo={undo}
      redo={redo}
      canUndo={canUndo}
      canRedo={canRedo}
      actions={<Button type="primary">{t('design.builder.finish')}</Button>}
      effect={effect}
      properties={
        here === undefined ? undefined : (
          <>
            <h2>{t('design.builder.condition')}</h2>
            <Select
              style={{ width: '100%' }}
              value={here}
              aria-label={t('design.list.specialty')}
              options={all.map((each) => ({ value: each, label: each }))}
              onChange={(next) => change(value.map((each, place) => (place === chosen ? next : each)))}
            />
          </>
        )
      }
    >
      <section className="paper rule">
        {state === 'loading' ? (
          <Shape title={240} rows={3} />
        ) : (
          <>
            <h2>{t('design.builder.any')}</h2>
            <ul>
              {value.map((each, place) => (
                <li key={each} className={place === chosen ? 'here' : undefined}>
                  <button type="button" aria-pressed={place === chosen} onClick={() => setChosen(place)}>
                    <span className="soft">{t('design.list.specialty')}</span> {each}
                  </button>
                  <Button
                    type="text"
                    size="small"
                    icon={<CloseOutlined />}
                    aria-label={t('layouts.list.removeFilter', { name: each })}
                    onClick={() => {
                      setChosen(null)
                      change(value.filter((_, other) => other !== place))
                    }}
                  />
                </li>
              ))}
            </ul>
            <Button
              type="dashed"
              icon={<PlusOutlined />}
              disabled={value.length === all.length}
              onClick={() => change([...value, all.find((each) => !value.includes(each)) ?? ''])}
            >
              {t('design.builder.add')}
            </Button>
          </>
        )}
      </section>
    </BuilderLayout>
  )
}
