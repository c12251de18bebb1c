/** Saved views of a list, as tabs that are links: a view is an address with a name. */
import { CloseOutlined } from '@ant-design/icons'
import { Button, Popconfirm } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { useDoing } from '@/ui/doing'
import { NameForm } from '@/ui/NameForm'

export interface View {
  key: string
  title: string
  /** Search part of its address, without `?`. */
  query: string
  /** Belongs to everybody and stays. */
  fixed?: boolean
}

/** Return whether two search parts ask the same: order does not matter. */
export function sameQuery(one: string, other: string): boolean {
  const sorted = (query: string) =>
    [...new URLSearchParams(query)]
      .map((pair) => pair.join('='))
      .sort()
      .join('&')
  return sorted(one) === sorted(other)
}

interface Props {
  views: readonly View[]
  onSaveView?(title: string): Promise<unknown> | undefined
  onRemoveView?(key: string): Promise<unknown> | undefined
  /** At the end of the line. */
  children?: ReactNode
}

export function Views({ views, onSaveView, onRemoveView, children }: Props) {
  const { t } = useTranslation()
  const { go } = useDoing()
  const { pathname, search } = useLocation()
  const query = search.slice(1)
  const here = views.find((view) => sameQuery(view.query, query))
  return (
    <nav className="views" aria-label={t('layouts.views.title')}>
      {views.map((view) => (
        <span key={view.key} className={view === here ? 'view here' : 'view'}>
          <Link to={{ pathname, search: view.query }} replace aria-current={view === here ? 'page' : undefined}>
            {view.title}
          </Link>
          {view === here && onRemoveView && !view.fixed ? (
            <Popconfirm
              title={t('layouts.views.removing', { name: view.title })}
              okText={t('layouts.views.remove')}
              onConfirm={() => go(async () => onRemoveView(view.key))}
            >
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                aria-label={t('layouts.views.removeNamed', { name: view.title })}
              />
            </Popconfirm>
          ) : null}
        </span>
      ))}
      {onSaveView && !here ? (
        <NameForm
          open={t('layouts.views.saveThis')}
          label={t('layouts.views.name')}
          button={() => t('layouts.views.save')}
          save={async (title) => onSaveView(title)}
        />
      ) : null}
      {children ? <span className="views-end">{children}</span> : null}
    </nav>
  )
}
