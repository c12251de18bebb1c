/** What stands under the rows of a list: how many are marked and what can be done with them; the way through pages. */
import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import type { Selection } from './Grid'
import type { Turn } from './pages'

export type Selected = Selection & {
  /** What can be done with the marked ones. */
  bar: ReactNode
  /** Take all rows that match, not only the marked ones. */
  everything?: { chosen: boolean; choose(on: boolean): void }
}

export function Bar({ selection, total, page }: { selection: Selected; total?: number; page: number }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { everything, keys } = selection
  const count = everything?.chosen && total !== undefined ? total : keys.length
  const offered = everything && !everything.chosen && total !== undefined && total > keys.length && keys.length >= page
  return (
    <section className="list-bar" aria-label={t('layouts.list.selection')}>
      <strong className="figure" role="status">
        {t('layouts.list.chosen', { count, number: number(count) })}
      </strong>
      {offered ? (
        <Button type="link" size="small" onClick={() => everything.choose(true)}>
          {t('layouts.list.everything', { number: number(total) })}
        </Button>
      ) : null}
      {selection.bar}
      <Button
        type="text"
        size="small"
        onClick={() => {
          everything?.choose(false)
          selection.change([])
        }}
      >
        {t('layouts.list.unmark')}
      </Button>
    </section>
  )
}

export function Turning({
  page,
  here,
  total,
  loading,
}: {
  page: Turn
  here: number
  total?: number
  loading?: boolean
}) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const from = page.index * page.size + 1
  const range = `${number(from)}–${number(from + here - 1)}`
  return (
    <nav className="turning" aria-label={t('layouts.list.pages')}>
      <span className="figure soft">
        {here === 0 ? null : total === undefined ? range : t('layouts.list.range', { range, total: number(total) })}
      </span>
      <Button
        type="text"
        icon={<LeftOutlined />}
        disabled={page.index === 0 || loading}
        onClick={page.back}
        aria-label={t('layouts.keys.pageBack')}
        aria-keyshortcuts="["
      />
      <Button
        type="text"
        icon={<RightOutlined />}
        disabled={!page.more || loading}
        onClick={page.next}
        aria-label={t('layouts.keys.pageNext')}
        aria-keyshortcuts="]"
      />
    </nav>
  )
}
