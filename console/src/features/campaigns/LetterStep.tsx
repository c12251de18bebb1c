/** What it says: a letter that is there already, or a new one written here. */
import { PlusOutlined } from '@ant-design/icons'
import { App, Button, Select } from 'antd'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { Editor, type EditorHandle } from '@/features/letters/Editor'
import { createLetter, useLetter, useLetters } from '@/features/letters/queries'
import { starter } from '@/features/letters/starter'
import { CardShown } from '@/layouts/Card'
import { useBaseTitle } from '@/ui/known'
import { Nothing, useSentence } from '@/ui/states'
import type { Draft } from './state'

interface Props {
  draft: Draft
  change(fields: Partial<Draft>): void
  editor: RefObject<EditorHandle | null>
}

export function LetterStep({ draft, change, editor }: Props) {
  const { t, i18n } = useTranslation()
  const { can } = useSession()
  const { message } = App.useApp()
  const sentence = useSentence()
  const base = useBaseTitle()
  const letters = useLetters({ archived: false, token: '', size: 100 })
  const found = useLetter(draft.template)
  const [busy, setBusy] = useState(false)
  const begin = async () => {
    setBusy(true)
    try {
      const content = starter(t, i18n.language, draft.controller ? base(draft.controller) : '')
      const letter = await createLetter(draft.name || t('letters.newName'), {
        ...content,
        subject: draft.name || content.subject,
      })
      change({ template: letter.id })
      void letters.refetch()
    } catch (failure) {
      void message.error(sentence(failure).title)
    } finally {
      setBusy(false)
    }
  }
  const options = (letters.data?.items ?? []).map((each) => ({ value: each.id, label: each.name }))
  const choice = (
    <div className="letter-choice">
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('campaigns.chooseLetter')}
        placeholder={t('campaigns.chooseLetter')}
        value={draft.template || undefined}
        options={
          draft.template && found.data && !options.some((each) => each.value === draft.template)
            ? [...options, { value: draft.template, label: found.data.name }]
            : options
        }
        loading={letters.isPending}
        onChange={(template) => {
          void editor.current?.flush()
          change({ template })
        }}
      />
      {can('templates.edit') ? (
        <Button icon={<PlusOutlined />} loading={busy} onClick={() => void begin()}>
          {t('letters.new')}
        </Button>
      ) : null}
    </div>
  )
  if (!draft.template) {
    return (
      <section className="paper letter-none">
        <Nothing text={t('campaigns.letterHint')}>{choice}</Nothing>
      </section>
    )
  }
  return (
    <>
      {choice}
      <CardShown found={found}>
        {(letter) => <Editor key={letter.id} ref={editor} letter={letter} controller={draft.controller} inside />}
      </CardShown>
    </>
  )
}
