/** What imports ask of the server and change there. */
import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { CorrectRows, Import, Row, StartedImport } from '@/api/schema'
import { upload } from '@/api/upload'
import { atWork } from './steps'

/** Rows of one request; the most that the server gives at once. */
export const ROWS_AT_ONCE = 500
const WORKING_PAUSE = 5000

export type Verdict = 'ok' | 'corrected' | 'warning' | 'refused'
export type Action = 'created' | 'updated' | 'merged' | 'unchanged' | 'refused'

export type RowState = 'written' | 'pending' | 'refused'

export interface RowFilter {
  verdict?: Verdict
  action?: Action
  /** Place of a column, from 1: a header may be somebody's name, and this goes into addresses. `cell` and `reason` say which of its cells, those with a finding by default. */
  column?: number
  cell?: 'ok' | 'corrected' | 'invalid' | 'warning' | 'refused' | 'empty'
  reason?: string
  /** How far a commit has come with a row. */
  state?: RowState
}

export function useImports(page: { size: number; token: string }, state: readonly NonNullable<Import['state']>[]) {
  return useQuery({
    queryKey: ['imports', page, state],
    queryFn: () =>
      answer(
        api.GET('/v1/imports', {
          params: { query: { page_size: page.size, page_token: page.token, state: [...state] } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some(atWork) ? WORKING_PAUSE : false),
  })
}

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id],
    queryFn: () => answer(api.GET('/v1/imports/{import_id}', { params: { path: { import_id: id } } })),
    // The stream of its operation is quicker; this is for when that is lost.
    refetchInterval: (query) => (query.state.data && atWork(query.state.data) ? WORKING_PAUSE : false),
  })

export function useImport(id: string) {
  return useQuery(importQuery(id))
}

/** Return where the rows behind a figure of an action are; of a commit only those that it has come to. */
export function rowsOf(id: string, action: Action, past?: boolean): string {
  const state = action === 'refused' ? 'state=refused' : `action=${action}&state=written`
  return `/base/imports/${id}/rows?${past ? state : `action=${action}`}`
}

/** Rows in file order, a request at a time as somebody scrolls. */
export function useRows(id: string, filter: RowFilter, size = ROWS_AT_ONCE) {
  return useInfiniteQuery({
    queryKey: ['import', id, 'rows', filter, size],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/v1/imports/{import_id}/rows', {
          params: { path: { import_id: id }, query: { ...filter, page_size: size, page_token: pageParam } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_page_token || undefined,
    // A row that was corrected stays where it is until the filter is chosen anew.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
}

export function useQuality(id: string, on = true) {
  return useQuery({
    queryKey: ['import', id, 'quality'],
    queryFn: () => answer(api.GET('/v1/imports/{import_id}/quality', { params: { path: { import_id: id } } })),
    enabled: on,
  })
}

export interface Begun {
  file: File
  source: string
  kind: string
  key: string
  told: (sent: number, total: number) => void
  signal: AbortSignal
}

export function useBegin() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ file, source, kind, ...sending }: Begun) => {
      const form = new FormData()
      // Fields first: a refusal for one of them then comes before a gigabyte was sent.
      form.append('source', source)
      form.append('kind', kind)
      form.append('file', file)
      return upload<StartedImport>('/v1/imports', form, sending)
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['imports'] }),
    meta: { shown: true },
  })
}

export interface Correction {
  row: number
  column: string
  value: string
}

/** Correct a cell: the row comes back judged again, and the counts of the import change. */
export function useCorrect(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ row, column, value }: Correction) =>
      answer(
        api.PATCH('/v1/imports/{import_id}/rows/{row}', {
          params: { path: { import_id: id, row } },
          body: { cells: [{ column, value }] },
        }),
      ),
    // One after another: every correction raises the import's version, and two at once would refuse each other.
    scope: { id: `import:${id}` },
    onSuccess: (row) => {
      queries.setQueriesData<ReturnType<typeof useRows>['data']>({ queryKey: ['import', id, 'rows'] }, (known) =>
        known && 'pages' in known
          ? { ...known, pages: known.pages.map((page) => ({ ...page, items: withRow(page.items, row) })) }
          : known,
      )
      void queries.invalidateQueries({ queryKey: ['import', id], exact: true })
      void queries.invalidateQueries({ queryKey: ['import', id, 'quality'] })
    },
  })
}

/** Put a row in the place of its former self. */
export function withRow(rows: Row[], row: Row): Row[] {
  return rows.some((each) => each.row === row.row) ? rows.map((each) => (each.row === row.row ? row : each)) : rows
}

/** Correct every cell of a column that holds the same; answers the operation that does it. */
export function useCorrectAll(id: string) {
  return useMutation({
    mutationFn: (body: CorrectRows) =>
      answer(api.POST('/v1/imports/{import_id}:correctRows', { params: { path: { import_id: id } }, body })),
    scope: { id: `import:${id}` },
    meta: { shown: true },
  })
}

/** Read the file again with columns taken otherwise; corrections of cells are lost with the rows. */
export function useRemap(id: string) {
  const refresh = useRefresh(id)
  return useMutation({
    mutationFn: ({ choice, etag }: { choice: Readonly<Record<string, string>>; etag: string }) =>
      answer(
        api.POST('/v1/imports/{import_id}:remap', {
          params: { path: { import_id: id }, header: { 'if-match': etag } },
          body: { mapping: Object.entries(choice).map(([column, target]) => ({ column, target })) },
        }),
      ),
    onSuccess: () => void refresh(),
    meta: { shown: true },
  })
}

/** Drop a file that waits for its commit, with its rows. */
export function useDrop(id: string) {
  const refresh = useRefresh(id)
  return useMutation({
    mutationFn: () => answer(api.POST('/v1/imports/{import_id}:cancel', { params: { path: { import_id: id } } })),
    onSuccess: () => void refresh(),
    meta: { shown: true },
  })
}

/** Ask what a commit would do; the same state of the import answers the same operation. */
export function useDryRun(id: string) {
  return useMutation({
    mutationFn: () => answer(api.POST('/v1/imports/{import_id}:dryRun', { params: { path: { import_id: id } } })),
    meta: { shown: true },
  })
}

export function useCommit(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (etag: string) =>
      answer(
        api.POST('/v1/imports/{import_id}:commit', {
          params: { path: { import_id: id }, header: { 'if-match': etag } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['import', id], exact: true }),
    meta: { shown: true },
  })
}

/** Ask long work to stop at its next safe point. */
export function useCancel() {
  return useMutation({
    mutationFn: (operation: string) =>
      answer(api.POST('/v1/operations/{operation}:cancel', { params: { path: { operation } } })),
  })
}

/** Look at an import anew: what was long work has ended. */
export function useRefresh(id: string): () => Promise<unknown> {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['imports'] })
    return queries.invalidateQueries({ queryKey: ['import', id] })
  }
}
