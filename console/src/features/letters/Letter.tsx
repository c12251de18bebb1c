/** One letter: its editor, its versions, setting it aside. */
import { HistoryOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { Template } from '@/api/schema'
import { useSession } from '@/app/session'
import { CardShown } from '@/layouts/Card'
import { Danger } from '@/ui/Danger'
import { Shape } from '@/ui/Shape'
import { Nothing, Shown } from '@/ui/states'
import { Moment } from '@/ui/words'
import { Editor } from './Editor'
import { type Letter, letterOf } from './letter'
import { useLetter, useLetterActs, useVersion } from './queries'

export function Screen() {
  const { id = '' } = useParams()
  const found = useLetter(id)
  return <CardShown found={found}>{(letter) => <Opened key={letter.id} letter={letter} />}</CardShown>
}

function Opened({ letter }: { letter: Template }) {
  const { t } = useTranslation()
  const { can } = useSession()
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
              ? (next) => {
                  replace.current?.(next)
                  setVersions(false)
                }
              : undefined
          }
        />
      </Drawer>
    </>
  )
}

function Versions({ letter, take }: { letter: Template; take?(next: Letter): void }) {
  const { t } = useTranslation()
  if (!letter.version) return <Nothing text={t('letters.unpublished')} />
  const numbers = Array.from({ length: letter.version }, (_, place) => letter.version - place)
  return (
    <ol className="versions">
      {numbers.map((version) => (
        <Version key={version} id={letter.id} version={version} take={take} />
      ))}
    </ol>
  )
}

function Version({ id, version, take }: { id: string; version: number; take?(next: Letter): void }) {
  const { t } = useTranslation()
  const found = useVersion(id, version)
  return (
    <li className="version">
      <Shown found={found} shape={<Shape rows={2} />}>
        {(known) => (
          <>
            <h3>
              {t('letters.versionOf', { version })} <Moment time={known.create_time} />
            </h3>
            <p>
              <bdi>{known.content?.subject}</bdi>
            </p>
            <p className="soft">{t('letters.blockCount', { count: known.content?.blocks?.length ?? 0 })}</p>
            {take ? (
              <Button size="small" onClick={() => take(letterOf('', known.content))}>
                {t('letters.takeVersion')}
              </Button>
            ) : null}
          </>
        )}
      </Shown>
    </li>
  )
}
