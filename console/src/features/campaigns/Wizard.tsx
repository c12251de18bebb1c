/**
 * The campaign before its launch: what, whom, letter, check, send. The step is in the address.
 *
 * Promise: every answer is kept as it is given; what somebody else changed meanwhile is shown before it is overwritten.
 */
import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Problem } from '@/api/problem'
import type { Campaign } from '@/api/schema'
import { useSession } from '@/app/session'
import { useAutosave } from '@/features/letters/autosave'
import type { EditorHandle } from '@/features/letters/Editor'
import { useFormat } from '@/i18n/format'
import { one, useAddress } from '@/layouts/address'
import { WizardLayout } from '@/layouts/Wizard'
import { Danger } from '@/ui/Danger'
import { useBases } from '@/ui/known'
import { Failure, useSentence } from '@/ui/states'
import { useSegmentName } from '@/ui/terms'
import { Moment } from '@/ui/words'
import { Check } from './Check'
import { LetterStep } from './LetterStep'
import { create, useAct, useChange, useCheck, useLatest } from './queries'
import { Launch, Send } from './Send'
import { type Draft, draftOf, filled, nextStep, STEPS, type Step, settingsOf, stepOf } from './state'
import { What } from './What'
import { Whom } from './Whom'

const FIELDS = { step: one(), segment: one() }
/** Said to the screen when an address is the same campaign's, which has just got it. */
export const GOES_ON = 'goes-on'

export function Wizard({ campaign }: { campaign: Campaign | null }) {
  const { t } = useTranslation()
  const { workspace, can } = useSession()
  const { message } = App.useApp()
  const { number } = useFormat()
  const sentence = useSentence()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { values, set: setAddress } = useAddress(FIELDS)
  const bases = useBases()
  const base = workspace === '*' ? (bases.length === 1 ? (bases[0]?.key ?? '') : '') : workspace
  // A segment's card begins a campaign with its own people.
  const [draft, setDraft] = useState<Draft>(() =>
    campaign ? draftOf(campaign.settings) : { ...draftOf(null), segment: values.segment },
  )
  const known = useRef(campaign)
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  const change = useChange()
  const shown = draft.controller ? draft : { ...draft, controller: base }
  const { saved, flush, settle } = useAutosave(
    draft,
    async (now) => {
      const settings = settingsOf(now.controller ? now : { ...now, controller: base })
      if (known.current) {
        known.current = await change.mutateAsync({ campaign: known.current, settings })
        return
      }
      const made = await create(settings)
      known.current = made
      queries.setQueryData(['campaign', made.id], made)
      void queries.invalidateQueries({ queryKey: ['campaigns'] })
      // What is saved on leaving does not call back whoever has left.
      if (here.current) void navigate(`/campaigns/${made.id}?step=${at}`, { replace: true, state: GOES_ON })
    },
    draft.name.trim() !== '',
  )
  const act = useAct(campaign?.id ?? '')
  const editor = useRef<EditorHandle>(null)
  const segment = useSegmentName()
  const [busy, setBusy] = useState(false)
  const first = campaign ? nextStep(campaign.settings) : 'what'
  const at = STEPS.find((step) => step === values.step) ?? first
  const settings = settingsOf(shown)
  const counted = Boolean(campaign && draft.segment)
  const check = useCheck(campaign, counted)
  const reached = (step: Step) => STEPS.indexOf(step) <= STEPS.indexOf(nextStep(settings)) || step === 'send'
  const ready = nextStep(settings) === 'check'
  const errors = check.data?.findings.filter((each) => each.severity === 'error') ?? []

  const set = (fields: Partial<Draft>) => setDraft((now) => ({ ...now, ...fields }))
  const go = (step: Step) => setAddress({ step })
  const next = async () => {
    setBusy(true)
    try {
      if (!(await flush())) return
      if (at === 'letter' && editor.current && !(await editor.current.publish())) return
      if (at === 'letter') void queries.invalidateQueries({ queryKey: ['campaign', known.current?.id, 'check'] })
      const step = STEPS[STEPS.indexOf(at) + 1]
      if (step && known.current) {
        void navigate(`/campaigns/${known.current.id}?step=${step}`, { replace: true, state: GOES_ON })
      }
    } catch (failure) {
      void message.error(sentence(failure).title)
    } finally {
      setBusy(false)
    }
  }
  const stale = saved.failure instanceof Problem && saved.failure.status === 412
  const steps = STEPS.map((step) => ({
    key: step,
    title: t(`campaigns.steps.${step}`),
    note: step === 'whom' && draft.segment ? segment(draft.segment) : undefined,
    state:
      step === at
        ? ('doing' as const)
        : campaign && ready && errors.some((each) => stepOf(each) === step)
          ? ('wrong' as const)
          : filled(step, settings) || (step === 'check' && ready && check.data?.passed)
            ? ('done' as const)
            : campaign && reached(step) && (step !== 'send' || check.data?.passed)
              ? ('doing' as const)
              : ('wait' as const),
  }))
  const enough =
    at === 'what'
      ? draft.name.trim() !== '' && filled('what', settings)
      : at === 'check'
        ? Boolean(check.data?.passed)
        : filled(at, settings)
  return (
    <WizardLayout
      title={<bdi>{draft.name || t('campaigns.newName')}</bdi>}
      steps={steps}
      at={at}
      go={(key) => {
        void editor.current?.flush()
        go(key as Step)
      }}
      saved={<Kept saved={saved} />}
      actions={
        campaign ? (
          <Danger
            title={t('campaigns.archiving')}
            object={t('campaigns.archivingDraft', { name: draft.name })}
            button={t('campaigns.archive')}
            act={async () => {
              await act('archive')
              void navigate('/campaigns')
            }}
          />
        ) : null
      }
      foot={
        at === 'send' ? (
          campaign && can('campaigns.launch') ? (
            <>
              <span className="soft">{t('campaigns.launchNote')}</span>
              <Launch campaign={campaign} check={check} />
            </>
          ) : null
        ) : (
          <>
            <span className="soft" role="status">
              {counted && check.data
                ? t('campaigns.willReach', { count: check.data.reachable, number: number(check.data.reachable) })
                : t(`campaigns.footHint.${at}`)}
            </span>
            <Button type="primary" loading={busy} disabled={!enough} onClick={() => void next()}>
              {t(at === 'letter' ? 'campaigns.publishAndCheck' : 'campaigns.next')}
            </Button>
          </>
        )
      }
    >
      {stale ? (
        <Stale
          mine={draft}
          id={known.current?.id ?? ''}
          take={(latest) => {
            const next = draftOf(latest.settings)
            known.current = latest
            settle(next)
            setDraft(next)
          }}
          keep={(latest) => {
            known.current = latest
            void flush()
          }}
        />
      ) : null}
      {at === 'what' ? (
        <What draft={shown} change={set} failure={stale ? null : saved.failure} />
      ) : campaign === null ? (
        <Alert type="info" title={t('campaigns.nameFirst')} />
      ) : at === 'whom' ? (
        <Whom draft={shown} change={set} check={check} />
      ) : at === 'letter' ? (
        <LetterStep draft={shown} change={set} editor={editor} />
      ) : at === 'check' ? (
        <Check campaign={campaign} check={check} go={go} />
      ) : (
        <Send campaign={campaign} check={check} go={go} />
      )}
    </WizardLayout>
  )
}

function Kept({ saved }: { saved: ReturnType<typeof useAutosave>['saved'] }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  if (saved.failure) {
    return (
      <span className="bad" role="alert">
        {t('layouts.builder.unsaved')}: {sentence(saved.failure).title}
      </span>
    )
  }
  if (saved.saving) return <>{t('layouts.builder.saving')}</>
  return saved.time ? (
    <>
      {t('layouts.builder.saved')} <Moment time={saved.time} relative />
    </>
  ) : null
}

/** Somebody else changed the draft meanwhile: both sides, and a choice. */
function Stale({
  mine,
  id,
  take,
  keep,
}: {
  mine: Draft
  id: string
  take(latest: Campaign): void
  keep(latest: Campaign): void
}) {
  const { t } = useTranslation()
  const segment = useSegmentName()
  const latest = useLatest(id)
  const said = (draft: Draft) =>
    [draft.name, draft.segment ? segment(draft.segment) : t('campaigns.notChosen'), draft.purpose, draft.topic]
      .filter(Boolean)
      .join(' · ')
  return (
    <Alert
      className="campaign-stale"
      type="warning"
      title={t('states.status.412')}
      description={
        latest.error ? (
          <Failure failure={latest.error} again={() => void latest.refetch()} small />
        ) : latest.data ? (
          <>
            <p>
              {t('states.stale.mine')}: {said(mine)}
            </p>
            <p>
              {t('states.stale.theirs')}, <Moment time={latest.data.update_time} relative />:{' '}
              {said(draftOf(latest.data.settings))}
            </p>
            <div className="row">
              <Button onClick={() => latest.data && take(latest.data)}>{t('states.stale.take')}</Button>
              <Button type="primary" onClick={() => latest.data && keep(latest.data)}>
                {t('states.stale.keep')}
              </Button>
            </div>
          </>
        ) : null
      }
    />
  )
}
