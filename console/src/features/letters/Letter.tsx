/** One letter: its editor, its versions, setting it aside. */
import { HistoryOutlined } from '@ant-design/icons'
import { App, Button, Drawer } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Template } from '@/api/schema'
import { useSession } from '@/app/session'
import { CardShown } from '@/layouts/Card'
import { Danger } from '@/ui/Danger'
import { Editor } from './Editor'
import type { Letter } from './letter'
import { useLetter, useLetterActs } from './queries'
import { Versions } from './Versions'

export function Screen() {
  const { id = '' } = useParams()
  const found = useLetter(id)
  return <CardShown found={found}>{(letter) => <Opened key={letter.id} letter={letter} />}</CardShown>
}

function Opened({ letter }: { letter: Template }) {
  const { t } = useTranslation()
  const { can } = useSession()
  const { message } = App.useApp()
  const acts = useLetterActs(letter.id)
  const replace = useRef<((next: Letter) => void) | null>(null)
  const [versions, setVersions] = useState(false)
  return (
    <>
      <Editor
        letter={letter}
        replace={replace}
        actions={
          <>
            <Button icon={<HistoryOutlined />} onClick={() => setVersions(true)}>
              {t('letters.versions')}
            </Button>
            {can('templates.edit') && !letter.archived ? (
              <Danger
                title={t('letters.archiving')}
                object={t('letters.archivingObject', { name: letter.name })}
                button={t('letters.archive')}
                act={acts.archive}
              />
            ) : null}
          </>
        }
      />
      <Drawer
        open={versions}
        onClose={() => setVersions(false)}
        title={t('letters.versions')}
        size={440}
        destroyOnHidden
      >
        <Versions
          letter={letter}
          take={
            can('templates.edit') && !letter.archived
              ? (next, version) => {
                  replace.current?.(next)
                  setVersions(false)
                  void message.info(t('letters.versionTaken', { version }), 8)
                }
              : undefined
          }
        />
      </Drawer>
    </>
  )
}
