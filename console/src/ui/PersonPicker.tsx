/** Choose one person by any piece of a name, phone or e-mail. What is typed goes in a request's body and nowhere else. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { fullName, mainWorkplace, today } from './people'
import { useSettled } from './settled'

interface Option {
  value: string
  label: string
  hint: string
}

interface Props {
  label: string
  /** Who is chosen; whoever is chosen elsewhere too, such as in a second picker of the same choice, is passed in. */
  value?: string
  change: (id: string | null) => void
  /** Offer the first people of the base before anything is typed. */
  offers?: boolean
}

export function PersonPicker({ label, value, change, offers }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [known, setKnown] = useState<Option | null>(null)
  const asked = useSettled(text.trim())
  const on = asked.length > 1 || Boolean(offers && !asked)
  const { data, isFetching } = useQuery({
    queryKey: ['people', 'picker', asked],
    queryFn: ({ signal }) => answer(api.POST('/v1/profiles:search', { body: { text: asked, page_size: 20 }, signal })),
    enabled: on,
    placeholderData: keepPreviousData,
  })
  const named = useNamed(value && known?.value !== value ? value : '')
  const now = today()
  const found: Option[] = (on ? (data?.items ?? []) : []).map((each) => ({
    value: each.id,
    label: fullName(each) || each.contacts[0]?.value || t('people.noName'),
    hint: mainWorkplace(each.affiliations, now)?.organisation_name ?? '',
  }))
  const chosen = value ? (known?.value === value ? known : { value, label: named, hint: '' }) : null
  const options = chosen && !found.some((each) => each.value === chosen.value) ? [chosen, ...found] : found
  return (
    <Select<string, Option>
      allowClear
      style={{ width: '100%' }}
      showSearch={{ filterOption: false, onSearch: setText }}
      {...(value === undefined ? {} : { value: value || null })}
      options={options}
      loading={isFetching}
      placeholder={label}
      aria-label={label}
      notFoundContent={isFetching ? t('people.searching') : on ? t('people.nothingFound') : null}
      labelRender={({ label }) => <bdi>{label}</bdi>}
      optionRender={({ data: option }) => (
        <span className="option">
          <bdi>{option.label}</bdi>
          {option.hint ? <small className="soft">{option.hint}</small> : null}
        </span>
      )}
      onChange={(id?: string) => {
        setKnown(found.find((each) => each.value === id) ?? null)
        setText('')
        change(id ?? null)
      }}
    />
  )
}

/** Return the name of somebody who was chosen elsewhere. */
function useNamed(id: string): string {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['people', 'named', id],
    queryFn: ({ signal }) =>
      answer(api.POST('/v1/profiles:batchGet', { body: { ids: [id], fields: ['attributes'] }, signal })),
    enabled: id !== '',
  })
  const person = data?.profiles[0]
  return person ? fullName(person) || t('people.noName') : '…'
}
