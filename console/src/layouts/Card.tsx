/** The card: who or what on the left and always in view, the rest in tabs on the right. The tab is in the address. */
import './card.css'
import { Tabs } from 'antd'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { Shape } from '@/ui/Shape'
import { Failure } from '@/ui/states'
import { one, useAddress } from './address'

export interface CardTab {
  key: string
  title: string
  count?: number
  content: () => ReactNode
}

interface Props {
  /** Name, state, the three facts that matter, main actions. */
  aside: ReactNode
  tabs: readonly CardTab[]
  /** Above both: an archive, a stale copy, "as of" a day. */
  note?: ReactNode
}

export function CardLayout({ aside, tabs, note }: Props) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const first = tabs[0]?.key ?? ''
  const fields = useMemo(() => ({ tab: one(first) }), [first])
  const { values, set } = useAddress(fields)
  const here = tabs.some((tab) => tab.key === values.tab) ? values.tab : first
  return (
    <div className="card-page">
      {note ? <div className="card-note">{note}</div> : null}
      <aside className="card-aside paper" aria-label={t('layouts.card.aside')}>
        {aside}
      </aside>
      <div className="card-tabs">
        <Tabs
          activeKey={here}
          onChange={(tab) => set({ tab })}
          destroyOnHidden
          items={tabs.map((tab) => ({
            key: tab.key,
            label: (
              <>
                {tab.title}
                {tab.count === undefined ? null : <span className="soft figure tab-count">{number(tab.count)}</span>}
              </>
            ),
            children: tab.key === here ? tab.content() : null,
          }))}
        />
      </div>
    </div>
  )
}

/** The shape of a card that is being loaded. */
export function CardSkeleton() {
  const { t } = useTranslation()
  return (
    <div className="card-page" aria-busy="true">
      <h1 className="unseen">{t('states.loading')}</h1>
      <div className="card-aside paper">
        <Shape title={200} rows={8} />
      </div>
      <div className="card-tabs">
        <Shape title={320} rows={10} />
      </div>
    </div>
  )
}

/** Show a card once its subject is there, and its states before and instead. */
export function CardShown<T>({
  found,
  children,
}: {
  found: { data: T | undefined; error: unknown; refetch: () => unknown }
  children: (data: T) => ReactNode
}) {
  if (found.data !== undefined) return <>{children(found.data)}</>
  if (found.error) return <Failure failure={found.error} again={() => void found.refetch()} heading />
  return <CardSkeleton />
}
