/** All letters, in use and set aside. */
import './blocks.css'
import './letters.css'
import { PlusOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Template } from '@/api/schema'
import { useSession } from '@/app/session'
import { flag, useAddress } from '@/layouts/address'
import { type Column, ListLayout } from '@/layouts/List'
import { usePages } from '@/layouts/pages'
import { Nothing, useSentence } from '@/ui/states'
import { Label, Moment } from '@/ui/words'
import { Preview } from './Preview'
import { createLetter, useLetters } from './queries'
import { starter } from './starter'

const FIELDS = { archived: flag() }
const SIZE = 50

export function Screen() {
  const { t } = useTranslation()
  const { can } = useSession()
  const { values, query } = useAddress(FIELDS)
  const pages = usePages(`letters:${query}`)
  const columns = useColumns()
  const found = useLetters({ archived: values.archived, token: pages.token, size: SIZE })
  return (
    <ListLayout<Template>
      name="letters"
      title={t('letters.title')}
      total={found.data?.total}
      views={[
        { key: 'used', title: t('letters.views.used'), query: '', fixed: true },
        { key: 'archived', title: t('letters.views.archived'), query: 'archived=1', fixed: true },
      ]}
      columns={columns}
      rows={found.data?.items}
      idOf={(row) => row.id}
      loading={found.isFetching && found.isPlaceholderData}
      failure={found.error}
      again={() => void found.refetch()}
      page={pages.turn(SIZE, found.data?.next_page_token)}
      preview={(row) => <Looked letter={row} />}
      open={(row) => `/letters/${row.id}`}
      empty={
        <Nothing text={t(values.archived ? 'letters.noneArchived' : 'letters.none')}>
          {can('templates.edit') && !values.archived ? <NewLetter /> : null}
        </Nothing>
      }
      actions={can('templates.edit') ? <NewLetter main /> : null}
    />
  )
}

function Looked({ letter }: { letter: Template }) {
  const [person, setPerson] = useState('')
  return <Preview letter={letter} person={person} choose={setPerson} />
}

function NewLetter({ main }: { main?: boolean }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const sentence = useSentence()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const begin = async () => {
    setBusy(true)
    try {
      const letter = await createLetter(t('letters.newName'), starter(t, i18n.language, ''))
      void navigate(`/letters/${letter.id}`)
    } catch (failure) {
      void message.error(sentence(failure).title)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button type={main ? 'primary' : 'default'} icon={<PlusOutlined />} loading={busy} onClick={() => void begin()}>
      {t('letters.new')}
    </Button>
  )
}

function useColumns(): Column<Template>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('letters.name'),
        width: 280,
        always: true,
        render: (row) => <bdi className="cut">{row.name}</bdi>,
      },
      {
        key: 'subject',
        title: t('letters.subject'),
        width: 340,
        render: (row) => <bdi className="cut">{row.draft?.subject}</bdi>,
      },
      {
        key: 'version',
        title: t('letters.state'),
        width: 180,
        render: (row) =>
          row.version ? t('letters.versionOf', { version: row.version }) : <Label>{t('letters.draft')}</Label>,
      },
      {
        key: 'changed',
        title: t('letters.changed'),
        width: 160,
        render: (row) => <Moment time={row.update_time} relative />,
      },
    ],
    [t],
  )
}
