/** One's own settings: who one is here, language, appearance; how the system is; for whom it is, what is held back. */
import { useQuery } from '@tanstack/react-query'
import { Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { type Shade, usePreferences } from '@/app/preferences'
import { System } from '@/app/System'
import { useSession } from '@/app/session'
import { LANGUAGES, nameOf } from '@/i18n'
import { Failure } from '@/ui/states'
import { useWorkspaceTitle } from '@/ui/terms'
import { Freezes } from './Freezes'

const SHADES: readonly Shade[] = ['light', 'dark', 'system']

export function Screen() {
  const { t } = useTranslation()
  const { me, can } = useSession()
  const { language, shade, speak, paint } = usePreferences()
  const place = useWorkspaceTitle()
  const account = useQuery({ queryKey: ['account'], queryFn: () => answer(api.GET('/v1/me/account')) })
  const places = me.workspaces.map(place)
  return (
    <div className="page settings">
      <header className="page-head">
        <h1>{t('frame.areas.settings')}</h1>
      </header>
      <section className="paper" aria-label={t('settings.you')}>
        <h2>{t('settings.you')}</h2>
        <dl className="facts">
          <dt>{t('settings.name')}</dt>
          <dd>
            {account.error ? (
              <Failure failure={account.error} again={() => void account.refetch()} small />
            ) : account.data ? (
              account.data.name || '—'
            ) : (
              '…'
            )}
          </dd>
          <dt>{t('settings.roles')}</dt>
          <dd>{me.roles.map((role) => t(`frame.roles.${role}`, role)).join(', ')}</dd>
          <dt>{t('settings.workspaces')}</dt>
          <dd>{places.join(', ')}</dd>
        </dl>
      </section>
      <section className="paper" aria-label={t('settings.looks')}>
        <h2>{t('settings.looks')}</h2>
        <dl className="facts">
          <dt>{t('frame.language')}</dt>
          <dd>
            <Select
              value={language}
              onChange={speak}
              aria-label={t('frame.language')}
              options={LANGUAGES.map((each) => ({ value: each, label: <span lang={each}>{nameOf(each)}</span> }))}
              style={{ width: 200 }}
            />
          </dd>
          <dt>{t('frame.shade.title')}</dt>
          <dd>
            <Radio.Group
              optionType="button"
              value={shade}
              onChange={(event) => paint(event.target.value)}
              options={SHADES.map((each) => ({ value: each, label: t(`frame.shade.${each}`) }))}
              aria-label={t('frame.shade.title')}
            />
          </dd>
        </dl>
      </section>
      <section className="paper" aria-label={t('frame.system.title')}>
        <h2>{t('frame.system.title')}</h2>
        <System />
      </section>
      {can('freezes.manage') ? <Freezes /> : null}
    </div>
  )
}
