/** The log: every person's message, what became of it and why, in a marketer's words. */
import { Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Campaign, Message, Profile } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { one, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import type { Outcome } from '@/theme'
import { OutcomeWithReason, outcomeOf, useReason } from '@/ui/messages'
import { PersonName } from '@/ui/PersonName'
import { Nothing } from '@/ui/states'
import { Moment, OutcomeWord } from '@/ui/words'
import { type LogAsked, useCounts, useMessages, useNames } from './queries'
import { codesOf, type Result, settling } from './state'

const SIZE = 50
const RESULTS: readonly Result[] = ['out', 'delivered', 'bounced', 'failed', 'unconfirmed', 'stopped', 'pending']
const MARKS = ['opened', 'clicked', 'replied', 'unsubscribed', 'complained', 'bounced-later']
const FIELDS = {
  result: one('', RESULTS),
  reason: one(),
  mark: one('', MARKS),
  link: one(),
  bounce: one('', ['hard', 'soft']),
}

export function Log({ campaign }: { campaign: Campaign }) {
  const { t, i18n } = useTranslation()
  const { number } = useFormat()
  const mayRead = useMay('profiles.read')
  const { values, set, clear } = useAddress(FIELDS)
  const asked: Omit<LogAsked, 'token'> = {
    outcome: codesOf(values.result as Result),
    reason: values.reason,
    mark: values.mark,
    link: /^\d+$/.test(values.link) ? values.link : '',
    bounce: values.bounce as LogAsked['bounce'],
    unfinished: values.result === 'pending',
    size: SIZE,
  }
  const pages = usePages(`log:${campaign.id}:${JSON.stringify(values)}`)
  const found = useMessages(campaign.id, { ...asked, token: pages.token }, settling(campaign))
  const counts = useCounts(campaign)
  const ids = useMemo(() => [...new Set(found.data?.items.map((each) => each.profile) ?? [])], [found.data])
  const names = useNames(mayRead ? ids : [])
  const reasonWord = (reason: string) => {
    const key = `messages.reasons.${reason}`
    return i18n.exists(key) ? t(key) : reason
  }
  const resultWord = (result: string) => t(result === 'out' ? 'campaigns.wentOut' : `outcomes.${result}`)
  const reasons = reasonsOf(counts.data?.reasons ?? {})
  const columns = useColumns(names.data, mayRead)
  const chip = (key: keyof typeof values, value: string) => ({
    key,
    label: t(`campaigns.filters.${key}`),
    value,
    remove: () => set({ [key]: '' }),
  })
  const chips = [
    ...(values.result ? [chip('result', resultWord(values.result))] : []),
    ...(values.reason ? [chip('reason', reasonWord(values.reason))] : []),
    ...(values.mark ? [chip('mark', t(`messages.marks.${values.mark}`))] : []),
    ...(asked.link
      ? [chip('link', counts.data?.links.find((each) => String(each.link) === asked.link)?.address || asked.link)]
      : []),
    ...(asked.bounce ? [chip('bounce', t(`campaigns.bounce.${asked.bounce}`))] : []),
  ]
  return (
    <ListLayout<Message>
      name="campaign-log"
      inside
      title={t('campaigns.log')}
      total={found.data?.total}
      filters={
        <>
          <Select
            className="log-filter"
            allowClear
            value={values.result || undefined}
            placeholder={t('campaigns.filters.result')}
            aria-label={t('campaigns.filters.result')}
            onChange={(result) => set({ result: result ?? '' })}
            options={RESULTS.map((result) => ({ value: result, label: resultWord(result) }))}
          />
          <Select
            className="log-filter"
            allowClear
            popupMatchSelectWidth={360}
            value={values.reason || undefined}
            placeholder={t('campaigns.filters.reason')}
            aria-label={t('campaigns.filters.reason')}
            onChange={(reason) => set({ reason: reason ?? '' })}
            options={reasons.map(([reason, count]) => ({
              value: reason,
              label: `${reasonWord(reason)} · ${number(count)}`,
            }))}
          />
          <Select
            className="log-filter"
            allowClear
            value={values.mark || undefined}
            placeholder={t('campaigns.filters.mark')}
            aria-label={t('campaigns.filters.mark')}
            onChange={(mark) => set({ mark: mark ?? '' })}
            options={MARKS.map((mark) => ({
              value: mark,
              label: `${t(`messages.marks.${mark}`)} · ${number(counts.data?.marks[mark] ?? 0)}`,
            }))}
          />
        </>
      }
      chips={chips}
      clear={clear}
      columns={columns}
      rows={found.data?.items}
      idOf={(row) => row.id}
      loading={found.isFetching && found.isPlaceholderData}
      failure={found.error}
      again={() => void found.refetch()}
      page={pages.turn(SIZE, found.data?.next_page_token)}
      preview={(row) => <Story message={row} person={names.data?.get(row.profile)} />}
      open={mayRead ? (row) => `/clients/${row.profile}?tab=messages` : undefined}
      empty={<Nothing text={t('campaigns.noMessages')} />}
    />
  )
}

/** Return reasons with how many messages ended so, the most frequent first; what was accepted needs no reason. */
function reasonsOf(reasons: Readonly<Record<string, number>>): [string, number][] {
  const found = new Map<string, number>()
  for (const [key, count] of Object.entries(reasons)) {
    const reason = key.slice(key.indexOf('/') + 1)
    if (reason && reason !== 'accepted') found.set(reason, (found.get(reason) ?? 0) + count)
  }
  return [...found].sort(([, one], [, other]) => other - one)
}

function useColumns(names: ReadonlyMap<string, Profile> | undefined, mayRead: boolean): Column<Message>[] {
  const { t } = useTranslation()
  const reason = useReason()
  return useMemo(
    () => [
      {
        key: 'person',
        title: t('campaigns.person'),
        width: 190,
        always: true,
        render: (row) => {
          const person = names?.get(row.profile)
          return person ? <PersonName person={person} /> : <span className="soft">{mayRead ? '…' : '—'}</span>
        },
      },
      {
        key: 'outcome',
        title: t('campaigns.outcome'),
        width: 126,
        render: (row) => <OutcomeWord outcome={outcomeOf(row)} />,
      },
      {
        key: 'why',
        title: t('campaigns.why'),
        width: 144,
        render: (row) => <span className="cut">{reason(row)}</span>,
      },
      {
        key: 'marks',
        title: t('campaigns.marks'),
        width: 262,
        render: (row) => <Marks message={row} />,
      },
      {
        key: 'time',
        title: t('campaigns.time'),
        width: 112,
        render: (row) => <Moment time={row.finish_time ?? row.wire_time ?? row.request_time} relative />,
      },
      {
        key: 'code',
        title: t('campaigns.serverSaid'),
        width: 160,
        hidden: true,
        render: (row) => <code>{row.provider_code}</code>,
      },
    ],
    [t, names, mayRead, reason],
  )
}

const COLOURED: Readonly<Record<string, Outcome>> = { opened: 'opened', clicked: 'clicked' }

function Marks({ message }: { message: Message }) {
  const { t } = useTranslation()
  const kinds = [...new Set(message.marks.filter((each) => !each.machine).map((each) => each.kind))]
  return (
    <span className="marks">
      {kinds.map((kind) => {
        const colour = COLOURED[kind]
        return colour ? (
          <OutcomeWord key={kind} outcome={colour} />
        ) : (
          <span key={kind} className={kind === 'unsubscribed' ? 'warn' : 'bad'}>
            {t(`messages.marks.${kind}`)}
          </span>
        )
      })}
    </span>
  )
}

/** What happened to one message, in order. */
function Story({ message, person }: { message: Message; person: Profile | undefined }) {
  const { t } = useTranslation()
  const steps = [
    { key: 'requested', time: message.request_time, text: t('campaigns.story.requested') },
    ...(message.wire_time ? [{ key: 'wire', time: message.wire_time, text: t('campaigns.story.wire') }] : []),
    ...message.marks.map((mark, place) => ({
      key: `${mark.kind}-${place}`,
      time: mark.time,
      text: `${t(`messages.marks.${mark.kind}`)}${mark.machine ? ` (${t('campaigns.story.machine')})` : ''}`,
    })),
  ]
  return (
    <>
      <h2>{person ? <PersonName person={person} to={`/clients/${message.profile}`} /> : t('people.noName')}</h2>
      <p>
        <OutcomeWithReason message={message} />
      </p>
      <dl className="facts">
        {steps.map((each) => (
          <div key={each.key} className="story">
            <dt>{each.text}</dt>
            <dd>
              <Moment time={each.time} />
            </dd>
          </div>
        ))}
        <div className="story">
          <dt>{t('campaigns.serverSaid')}</dt>
          <dd>
            <code>{message.provider_code || '—'}</code>
          </dd>
        </div>
      </dl>
    </>
  )
}
