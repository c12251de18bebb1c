/** What is sent and why: name, consent, sender, what counts as success, how fast. */

import { useQuery } from '@tanstack/react-query'
import { AutoComplete, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/i18n/format'
import { useBases } from '@/ui/known'
import { Failure } from '@/ui/states'
import { ANY_TOPIC, usePurposeWord, useTopicWord } from '@/ui/terms'
import { consentedQuery, useCampaigns } from './queries'
import type { Draft } from './state'

const WINDOWS = [24, 72, 168, 336, 720]

interface Props {
  draft: Draft
  change(fields: Partial<Draft>): void
  failure: unknown
}

export function What({ draft, change, failure }: Props) {
  const { t } = useTranslation()
  const bases = useBases()
  const purposes = useConsented('consent_purpose', draft.purpose)
  const topics = useConsented('consent_topic', draft.topic)
  const others = useCampaigns({ state: [], segment: '', token: '', size: 50 })
  const events = [...new Set(others.data?.items.map((each) => each.settings?.goal?.event ?? ''))].filter(Boolean)
  const hours = WINDOWS.includes(draft.hours) ? WINDOWS : [...WINDOWS, draft.hours].sort((a, b) => a - b)
  return (
    <Form layout="vertical" className="campaign-what">
      <section className="paper">
        <h2>{t('campaigns.about')}</h2>
        <Form.Item label={t('campaigns.name')} htmlFor="name" required>
          <Input
            id="name"
            autoFocus={!draft.name}
            value={draft.name}
            maxLength={200}
            placeholder={t('campaigns.nameHint')}
            onChange={(event) => change({ name: event.target.value })}
          />
        </Form.Item>
        <Form.Item
          label={t('campaigns.controller')}
          htmlFor="controller"
          required
          extra={t('campaigns.controllerHint')}
        >
          <Select
            id="controller"
            value={draft.controller || undefined}
            placeholder={t('campaigns.choose')}
            options={bases.map((each) => ({ value: each.key, label: each.title }))}
            onChange={(controller) => change({ controller })}
          />
        </Form.Item>
        <div className="form-pair">
          <Form.Item label={t('campaigns.purpose')} htmlFor="purpose" required extra={t('campaigns.purposeHint')}>
            <Select
              id="purpose"
              value={draft.purpose || undefined}
              placeholder={t('campaigns.choose')}
              options={purposes.offers}
              optionRender={({ data }) => <Option {...data} />}
              onChange={(purpose) => change({ purpose })}
            />
          </Form.Item>
          <Form.Item label={t('campaigns.topic')} htmlFor="topic" required extra={t('campaigns.topicHint')}>
            <Select
              id="topic"
              value={draft.topic || undefined}
              placeholder={t('campaigns.choose')}
              options={topics.offers}
              optionRender={({ data }) => <Option {...data} />}
              onChange={(topic) => change({ topic })}
            />
          </Form.Item>
        </div>
        {purposes.failure || topics.failure ? (
          <Failure
            failure={purposes.failure ?? topics.failure}
            again={() => {
              if (purposes.failure) purposes.again()
              if (topics.failure) topics.again()
            }}
            small
          />
        ) : null}
      </section>
      <section className="paper">
        <h2>{t('campaigns.success')}</h2>
        <div className="form-pair">
          <Form.Item label={t('campaigns.goal')} htmlFor="goal" required extra={t('campaigns.goalHint')}>
            <AutoComplete
              id="goal"
              value={draft.event}
              options={events.map((value) => ({ value }))}
              placeholder="webinar_registered"
              onChange={(event: string) => change({ event: event.slice(0, 64) })}
            />
          </Form.Item>
          <Form.Item label={t('campaigns.window')} htmlFor="window">
            <Select
              id="window"
              value={draft.hours}
              options={hours.map((value) => ({
                value,
                label:
                  value % 24 === 0
                    ? t('campaigns.days', { count: value / 24 })
                    : t('campaigns.hours', { count: value }),
              }))}
              onChange={(value) => change({ hours: value })}
            />
          </Form.Item>
        </div>
        <h2>{t('campaigns.manner')}</h2>
        <div className="form-pair">
          <Form.Item label={t('campaigns.rate')} htmlFor="rate" extra={t('campaigns.rateHint')}>
            <InputNumber
              id="rate"
              min={0}
              max={600_000}
              precision={0}
              value={draft.rate || null}
              placeholder={t('campaigns.unlimited')}
              onChange={(rate) => change({ rate: rate ?? 0 })}
            />
          </Form.Item>
          <Form.Item label={t('campaigns.control')} htmlFor="control" extra={t('campaigns.controlHint')}>
            <InputNumber
              id="control"
              min={0}
              max={50}
              precision={0}
              value={draft.control || null}
              placeholder="0"
              onChange={(control) => change({ control: control ?? 0 })}
            />
          </Form.Item>
        </div>
        {failure ? <Failure failure={failure} small /> : null}
      </section>
    </Form>
  )
}

interface Offer {
  value: string
  label: string
  people?: number
}

function Option({ label, people }: Offer) {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <span className="option">
      {label}
      {people === undefined ? null : (
        <small className="soft">{t('people.count', { count: people, number: number(people) })}</small>
      )}
    </span>
  )
}

interface Consented {
  offers: Offer[]
  failure: unknown
  again(): void
}

/** Purposes or topics that people of the base have consented to, the most frequent first, with how many. */
function useConsented(field: 'consent_purpose' | 'consent_topic', chosen: string): Consented {
  const purpose = usePurposeWord()
  const topic = useTopicWord()
  const { data, error, refetch } = useQuery(consentedQuery(field))
  const named = field === 'consent_purpose' ? purpose : topic
  const offers: Offer[] = (data?.values ?? [])
    .filter((each) => each.value !== ANY_TOPIC)
    .map((each) => ({ value: each.value, label: named(each.value), people: each.count }))
  if (chosen && !offers.some((each) => each.value === chosen)) offers.push({ value: chosen, label: named(chosen) })
  return { offers, failure: error, again: () => void refetch() }
}
