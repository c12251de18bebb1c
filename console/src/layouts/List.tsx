/**
 * The list: title with the exact count, saved views, filters as chips, rows, selection, preview.
 *
 * Keys: `/` search, `j k` move, `Space` preview, `Enter` open, `e` edit, `x` mark, `[ ]` pages, `Esc` closes what is open.
 */
import './list.css'
import { CloseOutlined, SearchOutlined } from '@ant-design/icons'
import { Button, Input, type InputRef, Tooltip } from 'antd'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '@/i18n/format'
import { useKeys } from '@/ui/keys'
import { Failure, Nothing } from '@/ui/states'
import { type Chip, Chips } from './Chips'
import { type Column, ColumnsChoice, useColumns } from './columns'
import { Grid } from './Grid'
import { Bar, type Selected, Turning } from './ListFoot'
import type { Turn } from './pages'
import { type View, Views } from './Views'

export type { Chip, Column, View }

interface Props<T> {
  /** Names the list for what the browser keeps of it. */
  name: string
  title: string
  /** Exact number of all rows. */
  total?: number
  views?: readonly View[]
  onSaveView?(title: string): Promise<unknown> | undefined
  onRemoveView?(key: string): Promise<unknown> | undefined
  search?: { value: string; change(text: string): void; placeholder: string }
  /** The control that adds a filter. */
  filters?: ReactNode
  chips?: readonly Chip[]
  clear?(): void
  columns: readonly Column<T>[]
  rows: readonly T[] | undefined
  idOf(row: T): string
  loading?: boolean
  failure?: unknown
  again?(): void
  page?: Turn
  order?: string
  onOrder?(order: string): void
  selection?: Selected
  preview?(row: T): ReactNode
  /** Address of a row's card. */
  open?(row: T): string
  /** Edit a row, by `e`. */
  edit?(row: T): void
  empty: ReactNode
  actions?: ReactNode
  /** A part of a card whose tab is its title already. */
  inside?: boolean
  /** Between the filters and the rows: what is only a part, what is old. */
  note?: ReactNode
}

/** Rows on which the keyboard stood, by list, for whoever comes back from a card. */
const stood = new Map<string, string>()

export function ListLayout<T>(props: Props<T>) {
  const { name, rows, idOf, page, selection, search, failure } = props
  const { t } = useTranslation()
  const { number } = useFormat()
  const navigate = useNavigate()
  const columns = useColumns(name, props.columns)
  const [at, setAt] = useState<string | null>(() => stood.get(name) ?? null)
  const [previewed, setPreviewed] = useState<string | null>(null)
  const field = useRef<InputRef>(null)
  const place = useRef<HTMLDivElement>(null)

  const stand = useCallback(
    (id: string) => {
      stood.set(name, id)
      setAt(id)
    },
    [name],
  )
  const here = rows?.find((row) => idOf(row) === at)
  const shown = rows?.find((row) => idOf(row) === previewed)
  const focusRow = (id = at) => {
    const row = id ? `tr[data-id="${CSS.escape(id)}"]` : 'tr[tabindex="0"]'
    place.current?.querySelector<HTMLElement>(row)?.focus()
  }
  const returning = useRef(at)
  useEffect(() => {
    // Whoever comes back from a card stands where they stood.
    if (!rows?.length || !returning.current) return
    const id = returning.current
    returning.current = null
    if (document.activeElement === document.body) {
      place.current?.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(id)}"]`)?.focus()
    }
  }, [rows])
  const move = (by: number) => {
    if (!rows?.length) return
    const now = rows.findIndex((row) => idOf(row) === at)
    const next = rows[Math.min(Math.max(now + by, 0), rows.length - 1)]
    if (!next) return
    stand(idOf(next))
    if (previewed) setPreviewed(idOf(next))
    focusRow(idOf(next))
  }
  const close = () => {
    setPreviewed(null)
    focusRow()
  }
  const enter = (row: T) => {
    if (props.open) void navigate(props.open(row))
    else if (props.preview) setPreviewed(idOf(row))
  }
  const clicked = (row: T) => {
    stand(idOf(row))
    if (props.preview && previewed !== idOf(row)) setPreviewed(idOf(row))
    else enter(row)
  }
  const mark = (row: T) => {
    const id = idOf(row)
    selection?.change(
      selection.keys.includes(id) ? selection.keys.filter((key) => key !== id) : [...selection.keys, id],
    )
  }
  useKeys([
    { key: '/', word: t('layouts.keys.search'), off: !search, act: () => field.current?.focus({ cursor: 'all' }) },
    { key: 'j', word: t('layouts.keys.next'), act: () => move(1) },
    { key: 'k', word: t('layouts.keys.previous'), act: () => move(-1) },
    { key: 'ArrowDown', off: !at, act: () => move(1) },
    { key: 'ArrowUp', off: !at, act: () => move(-1) },
    {
      key: ' ',
      word: t('layouts.keys.preview'),
      off: !props.preview || !here,
      act: () => here && (previewed ? close() : setPreviewed(idOf(here))),
    },
    {
      key: 'Enter',
      word: t('layouts.keys.open'),
      off: !here || !(props.open || props.preview),
      act: () => here && enter(here),
    },
    { key: 'e', word: t('layouts.keys.edit'), off: !props.edit || !here, act: () => here && props.edit?.(here) },
    { key: 'x', word: t('layouts.keys.mark'), off: !selection || !here, act: () => here && mark(here) },
    { key: '[', word: t('layouts.keys.pageBack'), off: !page || page.index === 0, act: () => page?.back() },
    { key: ']', word: t('layouts.keys.pageNext'), off: !page?.more, act: () => page?.next() },
    {
      key: 'Escape',
      word: t('layouts.keys.close'),
      act: (event) => {
        if (previewed) close()
        else if (event.target === field.current?.input) {
          field.current?.blur()
          focusRow()
        } else if (selection?.keys.length) selection.change([])
      },
    },
  ])

  const nothing = rows?.length === 0 && !props.loading
  const narrowed = (props.chips?.length ?? 0) > 0 || Boolean(search?.value)
  // Null, and not a list of nulls: the grid shows its rows unless something stands instead of them.
  const instead =
    failure && !rows ? (
      <Failure failure={failure} again={props.again} />
    ) : nothing && !failure ? (
      narrowed ? (
        <NothingFound clear={props.clear} />
      ) : (
        props.empty
      )
    ) : null
  // Where there is nothing to narrow the list by, the choice of columns needs no line of its own.
  const tools = Boolean(search || props.filters || props.chips?.length)
  const viewed = Boolean(props.views?.length || props.onSaveView)
  const gear = <ColumnsChoice chosen={columns} />
  return (
    <div className={props.inside ? 'page list list-inside' : 'page list'}>
      {props.inside ? null : (
        <header className="page-head">
          <h1>
            {props.title}
            {props.total === undefined ? null : <span className="count figure">{number(props.total)}</span>}
          </h1>
          <div className="actions">{props.actions}</div>
        </header>
      )}
      {viewed ? (
        <Views views={props.views ?? []} onSaveView={props.onSaveView} onRemoveView={props.onRemoveView}>
          {tools ? null : gear}
        </Views>
      ) : null}
      {tools ? (
        <div className="list-tools">
          <div className="list-narrow">
            {search ? (
              <Input
                ref={field}
                className="list-search"
                allowClear
                prefix={<SearchOutlined aria-hidden />}
                value={search.value}
                onChange={(event) => search.change(event.target.value)}
                placeholder={search.placeholder}
                // What the server takes.
                maxLength={200}
                aria-label={search.placeholder}
                aria-keyshortcuts="/"
              />
            ) : null}
            {props.filters}
            <Chips chips={props.chips ?? []} clear={props.clear} />
          </div>
          {gear}
        </div>
      ) : null}
      {props.note}
      <div className="list-body" ref={place}>
        <div className="list-rows">
          <Grid
            label={props.title}
            columns={columns.shown}
            rows={rows}
            idOf={idOf}
            loading={props.loading}
            size={Math.min(page?.size ?? 20, 20)}
            order={props.order}
            onOrder={props.onOrder}
            selection={selection}
            at={at}
            onAt={stand}
            onClick={props.preview || props.open ? clicked : undefined}
            previewed={previewed}
          >
            {instead}
          </Grid>
        </div>
        {failure && rows ? (
          <div className="list-failed">
            <Failure failure={failure} again={props.again} small />
          </div>
        ) : null}
        <footer className="list-foot">
          {tools || viewed ? null : gear}
          {selection?.keys.length ? <Bar selection={selection} total={props.total} page={rows?.length ?? 0} /> : null}
          {page ? <Turning page={page} here={rows?.length ?? 0} total={props.total} loading={props.loading} /> : null}
        </footer>
      </div>
      {shown && props.preview ? (
        <aside className="preview" aria-label={t('layouts.list.preview')}>
          <div className="preview-head">
            {props.open ? (
              <Button size="small" onClick={() => enter(shown)}>
                {t('layouts.list.open')}
              </Button>
            ) : null}
            <Tooltip title="Esc">
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                onClick={close}
                aria-label={t('layouts.list.closePreview')}
              />
            </Tooltip>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
          <div className="preview-body" tabIndex={0}>
            {props.preview(shown)}
          </div>
        </aside>
      ) : null}
    </div>
  )
}

function NothingFound({ clear }: { clear?(): void }) {
  const { t } = useTranslation()
  return (
    <Nothing text={t('layouts.list.nothingFound')}>
      {clear ? <Button onClick={clear}>{t('layouts.list.clear')}</Button> : null}
    </Nothing>
  )
}
