import { App } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOperation } from '@/api/operations'
import { Problem } from '@/api/problem'
import type { CorrectRows } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useCorrectAll, useRefresh } from './queries'

interface AllTheSame {
  correct(what: CorrectRows): void
  working: boolean
  failure: unknown
}

/** Correct every cell that holds the same, and say in how many rows that was. */
export function useAllTheSame(id: string): AllTheSame {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { message } = App.useApp()
  const refresh = useRefresh(id)
  const [operation, setOperation] = useState<string>()
  const begin = useCorrectAll(id)
  const now = useOperation(operation, (ended) => {
    setOperation(undefined)
    void refresh()
    const rows = Number(ended.result?.rows ?? 0)
    if (!ended.error) void message.success(t('imports.rows.corrected', { count: rows, number: number(rows) }))
  })
  return {
    correct: (what) => begin.mutate(what, { onSuccess: (begun) => setOperation(begun.id) }),
    working: begin.isPending || operation !== undefined,
    failure:
      begin.error ?? (now?.error ? new Problem(409, { code: now.error.reason, detail: now.error.detail }) : null),
  }
}
