/** The builder of a segment: the rule in the middle, its live effect beside it; saved as live or as a list. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Radio } from 'antd'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { answer, api } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Segment } from '@/api/schema'
import { BuilderLayout } from '@/layouts/Builder'
import { useHistory } from '@/layouts/history'
import { useFault } from '@/ui/faults'
import { Failure, Shown } from '@/ui/states'
import { Effect } from './Effect'
import { usePreview, useSegment } from './queries'
import { Rules } from './Rules'
import { emptyTree, incomplete, pathOf, type Rule, ruleOf, size, type Tree, termsOf, treeOf } from './rule'
import { Stale } from './Stale'

const KEPT = 'segment-draft'

type Kind = Segment['kind']

export function Screen() {
  const { segment } = useParams()
  const found = useSegment(segment ?? '')
  if (!segment) return <Edit />
  return <Shown found={found}>{(known) => <Edit key={known.id} found={known} />}</Shown>
}

/** What was built and not saved, in this tab alone, so that a reload loses nothing. */
function kept(place: string): { name: string; rule: Rule; kind: Kind } | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null')
  } catch {
    return null
  }
}

function Edit({ found }: { found?: Segment }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  // What the edit began from: what somebody else saves meanwhile is shown before it takes the place of what is built here.
  const [segment, begin] = useState(found)
  const place = `${KEPT}:${segment?.etag ?? 'new'}`
  const [draft] = useState(() => kept(place))
  const history = useHistory<Tree>(() =>
    draft || segment ? treeOf(draft?.rule ?? (segment?.rule as Rule)) : emptyTree(),
  )
  const [name, setName] = useState(draft?.name ?? segment?.name ?? '')
  const [kind, setKind] = useState<Kind>(draft?.kind ?? segment?.kind ?? 'live')
  const tree = history.value
  const rule = useMemo(() => ruleOf(tree), [tree])
  const open = incomplete(tree)
  const said = useDeferredValue(rule)
  const empty = size(tree) === 0
  const terms = useMemo(() => termsOf(tree), [tree])
  const preview = usePreview(empty ? null : said, terms)

  useEffect(() => {
    sessionStorage.setItem(place, JSON.stringify({ name, rule, kind }))
  }, [place, name, rule, kind])

  const save = useMutation({
    meta: { shown: true },
    // Over somebody else's change only after it was shown: `over` is what was shown.
    mutationFn: (over: string | undefined) => {
      const call = segment
        ? api.PATCH('/v1/segments/{segment}', {
            params: { path: { segment: segment.id }, header: { 'if-match': over ?? segment.etag } },
            body: { name, rule },
          })
        : api.POST('/v1/segments', { body: { name, rule, kind } })
      return answer<Segment>(call as Promise<{ data?: Segment; response: Response }>)
    },
    onSuccess: async (saved) => {
      sessionStorage.removeItem(place)
      await queries.invalidateQueries({ queryKey: ['segments'] })
      void message.success(t('segments.saved'))
      void navigate(`/segments/${saved.id}`)
    },
  })
  const take = (theirs: Segment) => {
    sessionStorage.removeItem(place)
    begin(theirs)
    setName(theirs.name)
    history.reset(treeOf(theirs.rule as Rule))
    save.reset()
  }
  const untouched = !draft && !history.canUndo && name === segment?.name
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another version of it is news
  useEffect(() => {
    if (found && untouched && found.etag !== segment?.etag) take(found)
  }, [found?.etag])
  const stale = save.error instanceof Problem && save.error.status === 412
  const refusal = save.error ?? preview.error
  const fault = useFault()
  const problems = useMemo(() => {
    const found = new Map<string, string>()
    if (refusal instanceof Problem) {
      for (const each of refusal.errors) found.set(pathOf(each.pointer).join(','), fault(each))
    }
    return found
  }, [refusal, fault])

  return (
    <BuilderLayout
      title={name || t('frame.actions.segment')}
      head={
        <Input
          className="builder-name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          placeholder={t('segments.name')}
          aria-label={t('segments.name')}
          status={save.error && !name.trim() ? 'error' : undefined}
        />
      }
      effect={
        <Effect
          found={preview}
          rule={said}
          terms={terms}
          note={empty ? t('segments.begin') : open ? t('segments.unfinished', { count: open }) : undefined}
        />
      }
      undo={history.undo}
      redo={history.redo}
      canUndo={history.canUndo}
      canRedo={history.canRedo}
      actions={
        <>
          {segment ? null : (
            <Radio.Group
              value={kind}
              onChange={(event) => setKind(event.target.value)}
              optionType="button"
              options={[
                { value: 'live', label: t('segments.kind.live') },
                { value: 'static', label: t('segments.kind.static') },
              ]}
              aria-label={t('segments.kind.title')}
            />
          )}
          {segment ? (
            <Link to={`/segments/${segment.id}`} onClick={() => sessionStorage.removeItem(place)}>
              {t('segments.leave')}
            </Link>
          ) : null}
          <Button
            type="primary"
            loading={save.isPending}
            disabled={!name.trim() || empty || open > 0}
            onClick={() => save.mutate(undefined)}
          >
            {t('segments.save')}
          </Button>
        </>
      }
    >
      {stale && segment ? (
        <Stale
          id={segment.id}
          mine={{ name, sentence: preview.data?.sentences }}
          busy={save.isPending}
          keep={(theirs) => save.mutate(theirs.etag)}
          take={(theirs) => {
            take(theirs)
            void queries.invalidateQueries({ queryKey: ['segments'] })
          }}
        />
      ) : save.error ? (
        <Failure failure={save.error} small />
      ) : null}
      <Rules tree={tree} change={(next) => history.change(next)} problems={problems} />
    </BuilderLayout>
  )
}
