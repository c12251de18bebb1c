/** Give up an import that was not written: its file and its rows go. */
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { Danger } from '@/ui/Danger'
import { useDrop } from './queries'

export function Drop({ found }: { found: Import }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const [open, setOpen] = useState(false)
  const drop = useDrop(found.id)
  const rows = found.counts?.rows ?? 0
  if (!useMay('imports.edit')) return null
  return (
    <>
      <Button type="text" onClick={() => setOpen(true)}>
        {t('imports.drop.open')}
      </Button>
      <Danger
        open={open}
        close={() => setOpen(false)}
        title={t('imports.drop.title')}
        object={t('imports.drop.object', { count: rows, number: number(rows) })}
        button={t('imports.drop.button')}
        act={() => drop.mutateAsync()}
      />
    </>
  )
}
