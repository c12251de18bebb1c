/** Declared periods in which some things are held back: the nearest first, each lifted from here. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { useHeldBack } from '@/app/HeldBack'
import { meQuery } from '@/app/session'
import { useDoing } from '@/ui/doing'
import { Shape } from '@/ui/Shape'
import { Shown } from '@/ui/states'
import { Label, Moment } from '@/ui/words'
import { Declaring } from './Declaring'
import { type FreezeState, shownOf, stateOf } from './freezes'

const LOOKS: Partial<Record<FreezeState, 'warn' | 'act'>> = { standing: 'warn', coming: 'act' }

export function Freezes() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const heldBack = useHeldBack()
  const [declaring, setDeclaring] = useState(false)
  const { go, busy } = useDoing()
  const found = useQuery({
    queryKey: ['freezes'],
    queryFn: ({ signal }) => answer(api.GET('/v1/freezes', { signal })),
  })
  const again = () =>
    Promise.all([['freezes'], meQuery.queryKey].map((queryKey) => queries.invalidateQueries({ queryKey })))
  const lift = (freeze: string) =>
    go(async () => {
      await answer(api.POST('/v1/freezes/{freeze}:lift', { params: { path: { freeze } } }))
      await again()
    })
  const now = Date.now()
  return (
    <section className="paper" aria-label={t('settings.freezes.title')}>
      <div className="part-head">
        <h2>{t('settings.freezes.title')}</h2>
        <Button onClick={() => setDeclaring(true)}>{t('settings.freezes.declare')}</Button>
      </div>
      <Shown found={found} shape={<Shape rows={2} />}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('settings.freezes.none')}</p>
          ) : (
            <ul className="lines freezes">
              {shownOf(items, now).map((each) => {
                const state = stateOf(each, now)
                return (
                  <li key={each.id}>
                    <div>
                      <bdi className="wrap">{each.title}</bdi>{' '}
                      <Label kind={LOOKS[state]}>{t(`settings.freezes.${state}`)}</Label>
                      <div className="soft">
                        <Moment time={each.begin_time} /> – <Moment time={each.lift_time ?? each.end_time} /> ·{' '}
                        {heldBack(each.scopes)}
                      </div>
                    </div>
                    {LOOKS[state] ? (
                      <Popconfirm
                        title={t('settings.freezes.lifting', { title: each.title })}
                        okText={t('settings.freezes.lift')}
                        onConfirm={() => lift(each.id)}
                      >
                        <Button size="small" disabled={busy}>
                          {t('settings.freezes.lift')}
                        </Button>
                      </Popconfirm>
                    ) : null}
                  </li>
                )
              })}
            </ul>
          )
        }
      </Shown>
      {declaring ? <Declaring close={() => setDeclaring(false)} declared={again} /> : null}
    </section>
  )
}
