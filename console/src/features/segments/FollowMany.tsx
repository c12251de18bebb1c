/** Let the marked segments follow by themselves, or stop it: of those that are kept by a rule. */
import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import type { Segment } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { useDoing } from '@/ui/doing'
import { useSentence } from '@/ui/states'
import { useUndo } from '@/ui/undo'

/** Change one that nobody else has changed since it was shown. */
const put = (segment: Segment, auto_update: boolean) =>
  answer(
    api.PATCH('/v1/segments/{segment}', {
      params: { path: { segment: segment.id }, header: { 'if-match': segment.etag } },
      body: { name: segment.name, auto_update },
    }),
  )

/** One after another, so that what was changed is known when one is refused. */
async function putAll(segments: readonly Segment[], on: boolean): Promise<{ changed: Segment[]; failure: unknown }> {
  const changed: Segment[] = []
  try {
    for (const each of segments) changed.push(await put(each, on))
    return { changed, failure: null }
  } catch (failure) {
    return { changed, failure }
  }
}

export function FollowMany({ segments, done }: { segments: readonly Segment[]; done(): void }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { message } = App.useApp()
  const sentence = useSentence()
  const undo = useUndo()
  const queries = useQueryClient()
  const { go, busy } = useDoing()
  const renew = () => queries.invalidateQueries({ queryKey: ['segments'] })
  const live = segments.filter((each) => each.kind === 'live')
  const change = (those: readonly Segment[], on: boolean) =>
    go(async () => {
      const { changed, failure } = await putAll(those, on)
      await renew()
      const count = changed.length
      if (count > 0) {
        undo(t('segments.follows.changed', { count, number: number(count) }), async () => {
          const back = await putAll(changed, !on)
          await renew()
          if (back.failure) throw back.failure
        })
      }
      if (failure) void message.error(sentence(failure).title)
      else done()
    })
  return [true, false].map((on) => {
    const those = live.filter((each) => each.auto_update !== on)
    return those.length ? (
      <Button key={`${on}`} size="small" disabled={busy} onClick={() => void change(those, on)}>
        {t(on ? 'segments.follows.letMany' : 'segments.follows.stopMany', {
          count: those.length,
          number: number(those.length),
        })}
      </Button>
    ) : null
  })
}
