/** Moving through the rows by keys, mending cells in place: one, or all that hold the same. */
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Import, Row } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useKeys } from '@/ui/keys'
import { moved, type Place } from '@/ui/place'
import { type VirtualCell, VirtualTable } from '@/ui/VirtualTable'
import { nextFinding, offered, shownOf, widthsOf } from './cells'
import { Inspector } from './Inspector'
import { useCorrect } from './queries'
import { RowHead } from './RowHead'
import { useAllTheSame } from './useAllTheSame'
import { useTargetWord } from './useTargetWord'

const START: Place = { row: 0, column: 0 }
const HEAD = 176
const LOOKS = { ok: undefined, corrected: 'mended', warning: 'doubt', refused: 'wrong' } as const

function cellOf(row: Row, column: number): VirtualCell | undefined {
  const cell = row.cells[column]
  return cell && { value: cell.value, shown: shownOf(cell), look: cell.verdict ? LOOKS[cell.verdict] : undefined }
}

interface SheetProps {
  found: Import
  rows: readonly Row[]
  total: number
  editable: boolean
  more: (() => unknown) | null
}

export function Sheet({ found, rows, total, editable: may, more }: SheetProps) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const word = useTargetWord()
  const [active, setActive] = useState<Place>(START)
  const [typed, setTyped] = useState<string | null>(null)
  const correct = useCorrect(found.id)
  const all = useAllTheSame(found.id)
  const first = rows.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths come from the first page and then stay
  const columns = useMemo(() => {
    const headers = found.mapping.map((each) => each.column)
    const widths = widthsOf(headers, rows)
    return found.mapping.map((each, place) => ({
      key: `${place}`,
      title: each.column,
      hint: `${each.column} · ${each.target ? word(each.target) : t('imports.columns.leftOut')}`,
      quiet: !each.target,
      width: widths[place] ?? 120,
    }))
  }, [found.mapping, first, word, t])
  const seen = useCallback(
    (last: number, fits: number) => {
      if (more && last >= rows.length - fits) void more()
    },
    [more, rows.length],
  )
  const rowAt = useCallback((index: number) => rows[index], [rows])
  const row = rows[active.row]
  const cell = active.column >= 0 ? row?.cells[active.column] : undefined
  // Whoever is written already is corrected on the card.
  const editable = may && !row?.profile
  const bounds = { rows: total, columns: columns.length, page: 1 }
  const go = (place: Place) => {
    setTyped(null)
    setActive(place)
  }
  const edit = () => editable && cell && setTyped(cell.value)
  const put = (value: string, everywhere: boolean) => {
    if (!row || !cell || value === cell.value) return
    if (everywhere) all.correct({ column: cell.column, value: cell.value, new_value: value })
    else correct.mutate({ row: row.row, column: cell.column, value })
  }
  const save = (key: 'Enter' | 'Tab', everywhere: boolean) => {
    if (typed !== null) put(typed, everywhere)
    go(moved(active, key === 'Enter' ? 'ArrowDown' : 'ArrowRight', bounds) ?? active)
  }
  // Rows that are not loaded yet are walked to only where the file has something to look at.
  const anywhere = (found.counts?.refused ?? 0) + (found.counts?.warned ?? 0) > 0
  const find = (by: 1 | -1) => {
    const next = nextFinding(rows, active, by)
    if (next) go(next)
    else if (by > 0 && more && anywhere) {
      void more()
      go({ row: rows.length - 1, column: columns.length - 1 })
    }
  }
  const target = found.mapping[active.column]?.target
  const suggestion = editable ? offered(cell) : ''
  useKeys([
    { key: 'j', word: t('imports.keys.down'), act: () => go(moved(active, 'j', bounds) ?? active) },
    { key: 'k', word: t('imports.keys.up'), act: () => go(moved(active, 'k', bounds) ?? active) },
    { key: 'h', word: t('imports.keys.left'), act: () => go(moved(active, 'h', bounds) ?? active) },
    { key: 'l', word: t('imports.keys.right'), act: () => go(moved(active, 'l', bounds) ?? active) },
    { key: 'n', word: t('imports.keys.next'), act: () => find(1) },
    { key: 'p', word: t('imports.keys.previous'), act: () => find(-1) },
    { key: 'e', word: t('imports.keys.edit'), off: !editable || !cell, act: () => void edit() },
    { key: 'a', word: t('imports.keys.accept'), off: !suggestion, act: () => put(suggestion, false) },
    { key: 'shift+a', word: t('imports.keys.acceptAll'), off: !suggestion, act: () => put(suggestion, true) },
  ])
  const busy = correct.isPending ? correct.variables.row : all.working && row ? row.row : null
  return (
    <>
      <VirtualTable<Row>
        label={t('imports.rows.title')}
        columns={columns}
        count={total}
        rowAt={rowAt}
        cellOf={cellOf}
        head={{
          title: <span className="figure">{t('imports.rows.found', { count: total, number: number(total) })}</span>,
          width: HEAD,
          of: (each) => <RowHead row={each} t={t} number={number} />,
        }}
        active={active}
        onActive={go}
        editing={typed}
        onEditing={(text) => (text === null || editable) && setTyped(text)}
        onSave={save}
        editWord={(column) => t('imports.rows.edit', { column: column.title })}
        busy={busy === null ? null : rows.findIndex((each) => each.row === busy)}
        onSeen={seen}
      />
      <Inspector
        row={row}
        cell={cell}
        target={target ? word(target) : ''}
        suggestion={suggestion}
        busy={busy !== null && busy === row?.row}
        failure={correct.error ?? all.failure}
        accept={(everywhere) => put(suggestion, everywhere)}
        edit={editable && cell ? edit : undefined}
        next={() => find(1)}
      />
    </>
  )
}
