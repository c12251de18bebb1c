/** Pages of a table inside a card. */
import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import type { Pages } from '@/layouts/pages'

interface Props {
  pages: Pages
  size: number
  here: number
  total?: number
  token: string
}

export function Turning({ pages, size, here, total, token }: Props) {
  const { t } = useTranslation()
  const { number } = useFormat()
  if (pages.index === 0 && !token) return null
  const range = `${number(pages.index * size + 1)}–${number(pages.index * size + here)}`
  return (
    <nav className="turning" aria-label={t('layouts.list.pages')}>
      <span className="figure soft">
        {total === undefined ? range : t('layouts.list.range', { range, total: number(total) })}
      </span>
      <Button
        type="text"
        icon={<LeftOutlined />}
        disabled={pages.index === 0}
        onClick={pages.back}
        aria-label={t('layouts.keys.pageBack')}
      />
      <Button
        type="text"
        icon={<RightOutlined />}
        disabled={!token}
        onClick={() => pages.next(token)}
        aria-label={t('layouts.keys.pageNext')}
      />
    </nav>
  )
}
