/** Choose one person by any piece of a name, phone or e-mail. What is typed goes in a request's body and nowhere else. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { answer, api } from '@/api/client'
import { fullName, mainWorkplace, today } from './people'
import { useSettled } from './settled'

export function PersonPicker({ label, change }: { label: string; change: (id: string | null) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const asked = useSettled(text.trim())
  const { data, isFetching } = useQuery({
    queryKey: ['people', 'picker', asked],
    queryFn: ({ signal }) => answer(api.POST('/v1/profiles:search', { body: { text: asked, page_size: 20 }, signal })),
    enabled: asked.length > 1,
    placeholderData: keepPreviousData,
  })
  const now = today()
  const options = (asked.length > 1 ? (data?.items ?? []) : []).map((each) => ({
    value: each.id,
    label: fullName(each) || each.contacts[0]?.value || t('people.noName'),
    hint: mainWorkplace(each.affiliations, now)?.organisation_name ?? '',
  }))
  return (
    <Select
      allowClear
      style={{ width: '100%' }}
      showSearch={{ filterOption: false, onSearch: setText }}
      options={options}
      loading={isFetching}
      placeholder={label}
      aria-label={label}
      notFoundContent={isFetching ? t('people.searching') : asked.length > 1 ? t('people.nothingFound') : null}
      optionRender={({ data: option }) => (
        <span className="option">
          <bdi>{option.label}</bdi>
          {option.hint ? <small className="soft">{option.hint}</small> : null}
        </span>
      )}
      onChange={(id: string | undefined) => change(id ?? null)}
    />
  )
}
