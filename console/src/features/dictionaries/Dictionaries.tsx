/** The words that files and people are read by: terms with their synonyms, found by any piece of them. */
import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Term } from '@/api/schema'
import { useMay } from '@/app/session'
import { one, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { useSettled } from '@/ui/settled'
import { Nothing, Shown } from '@/ui/states'
import { termName, useTerms } from '@/ui/terms'
import './dictionaries.css'
import { useDictionaries, useFoundTerms } from './queries'
import { TermForm } from './TermForm'

const SIZE = 100
const FIELDS = { name: one() }

export function Screen() {
  const found = useDictionaries()
  return <Shown found={found}>{({ items }) => <Terms names={items.map((each) => each.name)} />}</Shown>
}

function Terms({ names }: { names: readonly string[] }) {
  const { t, i18n } = useTranslation()
  const { values } = useAddress(FIELDS)
  const name = names.includes(values.name) ? values.name : (names[0] ?? '')
  const [text, setText] = useState('')
  const asked = useSettled(text.trim())
  const pages = usePages(`terms:${name}:${asked}`)
  const found = useFoundTerms(name, asked, { size: SIZE, token: pages.token })
  const may = useMay('dictionaries.edit')
  const region = useTerms(name === 'cities' ? 'regions' : '')
  const [edited, setEdited] = useState<Term | 'new' | null>(null)
  const columns: Column<Term>[] = [
    {
      key: 'name',
      title: t('dictionaries.name'),
      always: true,
      width: 260,
      render: (term) => <bdi>{termName(term, i18n.language)}</bdi>,
    },
    ...(name === 'cities'
      ? [
          {
            key: 'region',
            title: t('dictionaries.region'),
            width: 200,
            render: (term: Term) => region(term.parent ?? ''),
          },
          { key: 'zone', title: t('dictionaries.zone'), width: 160, render: (term: Term) => term.time_zone },
        ]
      : []),
    {
      key: 'synonyms',
      title: t('dictionaries.synonyms'),
      width: 420,
      render: (term) => <bdi className="soft">{term.synonyms?.join(', ')}</bdi>,
    },
    { key: 'code', title: t('dictionaries.code'), width: 160, render: (term) => <code>{term.code}</code> },
  ]
  return (
    <>
      <ListLayout<Term>
        key={name}
        name={`terms-${name}`}
        title={t('dictionaries.title')}
        total={found.data?.total}
        views={names.map((each, place) => ({
          key: each,
          title: word(each),
          query: place === 0 ? '' : `name=${each}`,
          fixed: true,
        }))}
        search={{ value: text, change: setText, placeholder: t('dictionaries.search') }}
        columns={columns}
        rows={found.data?.items}
        idOf={(term) => term.code ?? ''}
        loading={found.isPending}
        failure={found.error}
        again={() => void found.refetch()}
        page={pages.turn(SIZE, found.data?.next_page_token)}
        preview={(term) => <Whole term={term} edit={may ? () => setEdited(term) : undefined} />}
        edit={may ? setEdited : undefined}
        empty={<Nothing text={t('dictionaries.empty')} />}
        actions={
          may ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
              {t('dictionaries.add')}
            </Button>
          ) : null
        }
      />
      {edited ? (
        <TermForm
          dictionary={name}
          title={word(name)}
          term={edited === 'new' ? undefined : edited}
          close={() => setEdited(null)}
        />
      ) : null}
    </>
  )

  function word(dictionary: string): string {
    const own = `dictionaries.names.${dictionary}`
    return i18n.exists(own) ? t(own) : dictionary
  }
}

function Whole({ term, edit }: { term: Term; edit?(): void }) {
  const { t, i18n } = useTranslation()
  const languages = new Intl.DisplayNames([i18n.language], { type: 'language' })
  return (
    <div className="term">
      <h2>
        <bdi>{termName(term, i18n.language)}</bdi>
      </h2>
      {edit ? (
        <Button size="small" onClick={edit}>
          {t('dictionaries.edit')}
        </Button>
      ) : null}
      <dl>
        {Object.entries(term.names ?? {}).map(([language, name]) => (
          <div key={language}>
            <dt className="soft">{languages.of(language)}</dt>
            <dd lang={language}>{name}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('dictionaries.synonyms')}</h3>
      {term.synonyms?.length ? (
        <ul>
          {term.synonyms.map((each) => (
            <li key={each}>
              <bdi>{each}</bdi>
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">{t('dictionaries.noSynonyms')}</p>
      )}
    </div>
  )
}
