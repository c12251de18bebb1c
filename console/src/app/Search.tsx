/**
 * Search everywhere (Ctrl+K): people by any piece of a name, phone or e-mail; segments; campaigns; actions.
 *
 * What is typed goes in the body of a request and nowhere else: not into an address, not into the browser's history.
 */
import { SearchOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Input, type InputRef, Modal } from 'antd'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { answer, api } from '@/api/client'
import type { Profile } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { fullName, mainWorkplace, today } from '@/ui/people'
import { useSettled } from '@/ui/settled'
import { Failure } from '@/ui/states'
import { useTerms } from '@/ui/terms'
import { type Action, actionsFor } from './actions'
import { useSession } from './session'

const PAUSE = 180
const EACH = 6

interface Hit {
  key: string
  title: string
  note?: string
  icon?: ReactNode
  to: string
}

interface Group {
  key: 'people' | 'segments' | 'campaigns' | 'actions'
  hits: Hit[]
  total: number
}

export function Search() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.code === 'KeyK') {
        event.preventDefault()
        setOpen(true)
      }
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
  return (
    <>
      <Button className="search-door" icon={<SearchOutlined />} onClick={() => setOpen(true)}>
        <span>{t('frame.search.door')}</span>
        <kbd>Ctrl K</kbd>
      </Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        footer={null}
        closable={false}
        destroyOnHidden
        width={640}
        className="search"
        title={<span className="unseen">{t('frame.search.title')}</span>}
      >
        <Palette close={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function Palette({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useId()
  const input = useRef<InputRef>(null)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const text = useSettled(typed.trim(), PAUSE)
  const { groups, looking, earlier, failure, again } = useHits(text)
  const settled = typed.trim() === text && !earlier
  const { number } = useFormat()
  const hits = groups.flatMap((group) => group.hits)
  const chosen = Math.min(at, hits.length - 1)

  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    document.getElementById(`${list}-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, chosen])

  const go = (hit: Hit | undefined) => {
    if (!hit) return
    close()
    void navigate(hit.to)
  }
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step && hits.length) {
      event.preventDefault()
      setAt((chosen + step + hits.length) % hits.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      // What is shown may still be the answer to what was typed before: somebody else, perhaps.
      if (settled) go(hits[chosen])
    }
  }
  let place = -1
  return (
    <>
      <Input
        ref={input}
        size="large"
        variant="borderless"
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('frame.search.placeholder')}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={pressed}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={hits.length ? `${list}-${chosen}` : undefined}
        aria-label={t('frame.search.title')}
        autoComplete="off"
      />
      <div
        id={list}
        role="listbox"
        aria-label={t('frame.search.found')}
        aria-busy={looking || !settled}
        className="hits"
      >
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options inside a listbox has no element of its own
          <div key={group.key} role="group" aria-label={t(`frame.search.${group.key}`)}>
            <div aria-hidden className="hits-title">
              {t(`frame.search.${group.key}`)}
              {group.total > group.hits.length ? <span className="soft figure"> {number(group.total)}</span> : null}
            </div>
            {group.hits.map((hit) => {
              place += 1
              const own = place
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keyboard
                <div
                  key={hit.key}
                  id={`${list}-${own}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={own === chosen}
                  className="hit"
                  onMouseMove={() => setAt(own)}
                  onClick={() => go(hit)}
                >
                  {hit.icon}
                  <bdi>{hit.title}</bdi>
                  {hit.note ? <bdi className="soft">{hit.note}</bdi> : null}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      {failure ? <Failure failure={failure} again={again} small /> : null}
      {hits.length === 0 && !looking && !failure ? <p className="soft none">{t('frame.search.nothing')}</p> : null}
    </>
  )
}

interface Hits {
  groups: Group[]
  looking: boolean
  /** Whether what is shown answers an earlier text. */
  earlier: boolean
  /** Why a part of it could not be asked. */
  failure: unknown
  again(): void
}

function useHits(text: string): Hits {
  const { t } = useTranslation()
  const { can } = useSession()
  const city = useTerms('cities')
  const people = useQuery({
    queryKey: ['search', 'people', text],
    queryFn: ({ signal }) => answer(api.POST('/v1/profiles:search', { body: { text, page_size: EACH }, signal })),
    enabled: text.length > 1 && can('profiles.read'),
    // Whoever types a name again has reason to: it may just have come into the base.
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
  const segments = useQuery({
    queryKey: ['search', 'segments', text],
    queryFn: ({ signal }) => answer(api.POST('/v1/segments:search', { body: { text, page_size: EACH }, signal })),
    enabled: text.length > 1 && can('segments.read'),
    placeholderData: keepPreviousData,
  })
  const campaigns = useQuery({
    queryKey: ['search', 'campaigns', text],
    queryFn: ({ signal }) => answer(api.POST('/v1/campaigns:search', { body: { text, page_size: EACH }, signal })),
    enabled: text.length > 1 && can('campaigns.read'),
    placeholderData: keepPreviousData,
  })
  const wanted = text.toLocaleLowerCase()
  const actions = actionsFor(can).map((action: Action) => ({
    key: action.key,
    title: t(`frame.actions.${action.key}`),
    icon: action.icon,
    to: action.to,
  }))
  const found: Group[] = []
  const add = (key: Group['key'], hits: Hit[], total: number) => {
    if (hits.length) found.push({ key, hits, total })
  }
  if (text.length > 1) {
    const profiles = people.data?.items ?? []
    add(
      'people',
      profiles.map((each) => ({
        key: each.id,
        title: fullName(each) || each.contacts[0]?.value || t('frame.search.nameless'),
        note: placeOf(each, city),
        to: `/clients/${each.id}`,
      })),
      people.data?.total ?? 0,
    )
    const lists = segments.data?.items ?? []
    add(
      'segments',
      lists.map((each) => ({ key: each.id, title: each.name, to: `/segments/${each.id}` })),
      segments.data?.total ?? 0,
    )
    add(
      'campaigns',
      (campaigns.data?.items ?? []).map((each) => ({
        key: each.id,
        title: each.settings?.name ?? '',
        to: `/campaigns/${each.id}`,
      })),
      campaigns.data?.total ?? 0,
    )
  }
  const offered = actions.filter((each) => each.title.toLocaleLowerCase().includes(wanted))
  add('actions', offered, offered.length)
  const all = [people, segments, campaigns]
  const again = () => {
    for (const each of all) if (each.error) void each.refetch()
  }
  const failure = text.length > 1 ? all.find((each) => each.error)?.error : null
  const earlier = all.some((each) => each.isPlaceholderData)
  return { groups: found, looking: all.some((each) => each.isFetching), earlier, failure, again }
}

function placeOf(profile: Profile, city: (code: string) => string): string {
  const work = mainWorkplace(profile.affiliations, today())
  return [work?.organisation_name, work?.city && city(work.city)].filter(Boolean).join(', ')
}
