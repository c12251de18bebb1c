/** A campaign that was launched: how it goes, who got what, what came of it. */
import { CopyOutlined } from '@ant-design/icons'
import { App, Button, Progress } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { useOperation } from '@/api/operations'
import type { Campaign } from '@/api/schema'
import { useMay, useSession } from '@/app/session'
import { useLetter } from '@/features/letters/queries'
import { useFormat } from '@/i18n/format'
import { CardLayout } from '@/layouts/Card'
import { Danger } from '@/ui/Danger'
import { useSentence } from '@/ui/states'
import { useSegmentName } from '@/ui/terms'
import { Figure, Moment, Share } from '@/ui/words'
import { StateLabel } from './List'
import { Log } from './Log'
import { OutcomeBar } from './OutcomeBar'
import { copy, useAct, useCounts } from './queries'
import { Report } from './Report'
import { Settings } from './Settings'
import { goneOut, moving } from './state'

export function Card({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const { can } = useSession()
  const letter = useLetter(campaign.settings?.template ?? '')
  const counts = useCounts(campaign, can('messages.read'))
  return (
    <CardLayout
      aside={<Aside campaign={campaign} />}
      tabs={[
        ...(can('reports.read')
          ? [{ key: 'report', title: t('campaigns.report'), content: () => <Report campaign={campaign} /> }]
          : []),
        ...(can('messages.read')
          ? [
              {
                key: 'log',
                title: t('campaigns.log'),
                count: counts.data?.requested,
                content: () => <Log campaign={campaign} />,
              },
            ]
          : []),
        {
          key: 'about',
          title: t('campaigns.settings'),
          content: () => (
            <section className="paper">
              <Settings campaign={campaign} letter={letter.data} />
            </section>
          ),
        },
      ]}
    />
  )
}

function Aside({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const mayLog = useMay('messages.read')
  const segment = useSegmentName()
  const { progress, settings } = campaign
  const audience = progress?.audience ?? 0
  const finished = progress?.finished ?? 0
  const out = goneOut(progress?.outcomes ?? {})
  return (
    <div className="campaign-aside">
      <h1>
        <bdi>{settings?.name}</bdi>
      </h1>
      <p>
        <StateLabel state={campaign.state} />
      </p>
      {campaign.state === 'launching' ? <Freezing operation={campaign.operation} /> : null}
      {campaign.state === 'sending' || campaign.state === 'paused' ? (
        <div role="status">
          <Progress
            percent={audience ? Math.floor((finished / audience) * 100) : 0}
            status={campaign.state === 'paused' ? 'normal' : 'active'}
            aria-label={t('campaigns.progress')}
          />
          <p className="figure">{t('campaigns.finishedOf', { done: number(finished), total: number(audience) })}</p>
        </div>
      ) : null}
      <OutcomeBar
        progress={progress}
        over={campaign.state === 'stopped'}
        log={mayLog ? `/campaigns/${campaign.id}?tab=log` : undefined}
      />
      <dl className="facts">
        <dt>{t('campaigns.audience')}</dt>
        <dd>
          <Figure value={audience} to={audience && mayLog ? `/campaigns/${campaign.id}?tab=log` : undefined} />
        </dd>
        {settings?.segment ? (
          <>
            <dt>{t('campaigns.segment')}</dt>
            <dd>
              <Link to={`/segments/${settings.segment}`}>{segment(settings.segment)}</Link>
            </dd>
          </>
        ) : null}
        <dt>{t('campaigns.wentOut')}</dt>
        <dd>
          <Figure value={out} to={out && mayLog ? `/campaigns/${campaign.id}?tab=log&result=out` : undefined} />{' '}
          <small className="soft">
            <Share part={out} whole={audience} formula={t('campaigns.wentOutFormula')} />
          </small>
        </dd>
        <dt>{t('campaigns.launched')}</dt>
        <dd>
          <Moment time={campaign.launch_time} relative />
        </dd>
        {campaign.end_time ? (
          <>
            <dt>{t('campaigns.ended')}</dt>
            <dd>
              <Moment time={campaign.end_time} relative />
            </dd>
          </>
        ) : null}
      </dl>
      <Actions campaign={campaign} />
    </div>
  )
}

/** The launch itself: the audience is being written down. */
function Freezing({ operation }: { operation: string }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const work = useOperation(operation || undefined)
  const { done = 0, total = 0 } = work?.progress ?? {}
  return (
    <div role="status">
      <Progress
        percent={total ? Math.floor((done / total) * 100) : 0}
        status="active"
        aria-label={t('campaigns.freezing')}
      />
      <p className="soft">
        {t('campaigns.freezing')} {total ? `${number(done)} / ${number(total)}` : null}
      </p>
    </div>
  )
}

function Actions({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { can } = useSession()
  const { message } = App.useApp()
  const sentence = useSentence()
  const navigate = useNavigate()
  const act = useAct(campaign.id)
  const [busy, setBusy] = useState('')
  const { state, progress } = campaign
  const audience = progress?.audience ?? 0
  const out = goneOut(progress?.outcomes ?? {})
  const left = Math.max(audience - (progress?.finished ?? 0), 0)
  const run = async (name: string, work: () => Promise<unknown>) => {
    setBusy(name)
    try {
      await work()
    } catch (failure) {
      void message.error(sentence(failure).title)
    } finally {
      setBusy('')
    }
  }
  const stopped = async () => {
    const ended = await act('stop')
    const gone = goneOut(ended.progress?.outcomes ?? {})
    void message.info(t('campaigns.stoppedAt', { count: gone, number: number(gone) }), 10)
  }
  return (
    <div className="campaign-acts">
      {can('campaigns.launch') && state === 'sending' ? (
        <Button
          loading={busy === 'pause'}
          onClick={() =>
            void run('pause', async () => {
              const held = goneOut((await act('pause')).progress?.outcomes ?? {})
              void message.info(t('campaigns.pausedAt', { count: held, number: number(held) }), 10)
            })
          }
        >
          {t('campaigns.pause')}
        </Button>
      ) : null}
      {can('campaigns.launch') && state === 'paused' ? (
        <Danger
          main
          title={t('campaigns.resuming')}
          object={
            <>
              <p>
                <strong>
                  <bdi className="wrap">{campaign.settings?.name}</bdi>
                </strong>
              </p>
              <p>{t('campaigns.resumeLeft', { count: left, number: number(left) })}</p>
            </>
          }
          button={t('campaigns.resume')}
          act={() => act('resume')}
        />
      ) : null}
      {can('campaigns.launch') && (moving(state) || state === 'paused') ? (
        <Danger
          title={t('campaigns.stopping')}
          object={
            <>
              <p>{t('campaigns.stopOut', { count: out, number: number(out) })}</p>
              <p>{t('campaigns.stopLeft', { count: left, number: number(left) })}</p>
            </>
          }
          button={t('campaigns.stop')}
          act={stopped}
        />
      ) : null}
      {can('campaigns.edit') ? (
        <Button
          icon={<CopyOutlined />}
          loading={busy === 'copy'}
          onClick={() =>
            void run('copy', async () => {
              const name = t('campaigns.copyOf', { name: campaign.settings?.name ?? '' }).slice(0, 200)
              const made = await copy(campaign.id, name)
              void navigate(`/campaigns/${made.id}?step=what`)
            })
          }
        >
          {t('campaigns.copy')}
        </Button>
      ) : null}
      {can('campaigns.edit') && (state === 'done' || state === 'stopped') ? (
        <Danger
          title={t('campaigns.archiving')}
          object={t('campaigns.archivingObject', { name: campaign.settings?.name ?? '' })}
          button={t('campaigns.archive')}
          act={() => act('archive')}
        />
      ) : null}
    </div>
  )
}
