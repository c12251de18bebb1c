/**
 * The editor of a letter: blocks in the middle, the letter as a person gets it on the right, kept by itself.
 *
 * Promise: nothing is lost: a save that is refused keeps what was typed; what somebody else changed is shown beside it.
 */
import './blocks.css'
import './letters.css'
import { Alert, Button, Input } from 'antd'
import { type ReactNode, type Ref, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/api/problem'
import type { LetterProblem, Template } from '@/api/schema'
import { useSession } from '@/app/session'
import { BuilderLayout } from '@/layouts/Builder'
import { useHistory } from '@/layouts/history'
import { Failure } from '@/ui/states'
import { useAutosave } from './autosave'
import { Blocks } from './Blocks'
import { Fallbacks, Published } from './EditorAside'
import { Field } from './Field'
import { contentOf, type Letter, letterOf } from './letter'
import { Preview } from './Preview'
import { useLetterActs, useProblems } from './queries'
import { Source } from './Source'
import { Stale } from './Stale'
import { TestSend } from './TestSend'

export interface EditorHandle {
  /** Save and freeze the draft; tells whether it was. */
  publish(): Promise<boolean>
  /** Save what is not saved yet. */
  flush(): Promise<boolean>
}

interface Props {
  letter: Template
  /** The base in whose name tests are sent. */
  controller?: string
  actions?: ReactNode
  /** Inside of another screen, which publishes it. */
  inside?: boolean
  ref?: Ref<EditorHandle>
  /** Put another content into the draft; undo takes it back. */
  replace?: { current: ((letter: Letter) => void) | null }
}

export function Editor({ letter, controller = '', actions, inside, ref, replace }: Props) {
  const { t } = useTranslation()
  const { can } = useSession()
  const acts = useLetterActs(letter.id)
  const history = useHistory<Letter>(() => letterOf(letter.name, letter.draft))
  const { value, change } = history
  const etag = useRef(letter.etag)
  const [person, setPerson] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const [publishing, setPublishing] = useState(false)
  const fit = value.subject.trim() !== '' && value.name.trim() !== ''
  const { saved, flush, insist, settle } = useAutosave(
    value,
    async (now) => {
      etag.current = (await acts.save(now.name.trim(), contentOf(now), etag.current)).etag
    },
    fit,
  )
  const problems = useProblems(letter)
  const { general, placed } = useSaid(problems.data?.problems ?? [], value.source !== '')
  const set = (fields: Partial<Letter>, merge?: string) => change((now) => ({ ...now, ...fields }), { merge })
  const stale = saved.failure instanceof Problem && saved.failure.status === 412

  const publish = async () => {
    setFailure(null)
    setPublishing(true)
    try {
      if (!fit || !(await flush())) return false
      etag.current = (await acts.publish(etag.current)).etag
      return true
    } catch (reason) {
      setFailure(reason)
      void problems.refetch()
      return false
    } finally {
      setPublishing(false)
    }
  }
  useImperativeHandle(ref, () => ({ publish, flush }))
  if (replace) replace.current = (next) => change({ ...next, name: value.name })

  const test = async (addresses: string[]) => {
    await insist()
    return acts.test(addresses, person, controller)
  }
  const mayEdit = can('templates.edit') && !letter.archived
  return (
    <BuilderLayout
      title={value.name || t('letters.newName')}
      head={
        <div className="letter-name">
          <Input
            variant="borderless"
            aria-label={t('letters.name')}
            value={value.name}
            maxLength={200}
            readOnly={!mayEdit}
            status={value.name.trim() ? undefined : 'error'}
            onChange={(event) => set({ name: event.target.value }, 'name')}
          />
        </div>
      }
      saved={stale ? undefined : saved}
      undo={mayEdit ? history.undo : undefined}
      redo={mayEdit ? history.redo : undefined}
      canUndo={history.canUndo}
      canRedo={history.canRedo}
      actions={
        <>
          {actions}
          {can('campaigns.test') ? <TestSend send={test} note={person ? t('letters.testAs') : undefined} /> : null}
          {mayEdit && !inside ? (
            <Button type="primary" loading={publishing} onClick={() => void publish()}>
              {t('letters.publish')}
            </Button>
          ) : null}
        </>
      }
      effect={<Preview letter={letter} person={person} choose={setPerson} />}
      properties={
        <>
          <Published letter={letter} />
          <Fallbacks letter={value} change={(fallbacks, name) => set({ fallbacks }, `fallback-${name}`)} />
          {general.length ? (
            <div className="letter-general">
              <h3>{t('letters.toMend')}</h3>
              <ul className="sentences">
                {general.map((each) => (
                  <li key={each.text} className={each.error ? 'bad' : 'warn'}>
                    {each.text}
                  </li>
                ))}
              </ul>
            </div>
          ) : null}
        </>
      }
    >
      {stale ? (
        <Stale
          id={letter.id}
          mine={value}
          acts={acts}
          theirs={(latest) => {
            const next = letterOf(latest.name, latest.draft)
            etag.current = latest.etag
            settle(next)
            history.reset(next)
          }}
          keep={(latest) => {
            etag.current = latest.etag
            void flush()
          }}
        />
      ) : null}
      {failure ? (
        <Alert
          type="error"
          closable
          title={
            failure instanceof Problem && failure.code === 'LETTER_FAULTY' ? (
              t('letters.faulty')
            ) : (
              <Failure failure={failure} small />
            )
          }
        />
      ) : null}
      <fieldset className="letter-form" disabled={!mayEdit}>
        <div className="letter-envelope paper">
          <Field
            label={t('letters.subject')}
            value={value.subject}
            change={(subject) => set({ subject }, 'subject')}
            problem={value.subject.trim() ? undefined : t('letters.subjectMissing')}
            limit={500}
          />
          <Field
            label={t('letters.preheader')}
            value={value.preheader}
            change={(preheader) => set({ preheader }, 'preheader')}
            placeholder={t('letters.preheaderHint')}
            limit={500}
          />
          <div className="field">
            <label htmlFor={`sender-${letter.id}`}>{t('letters.sender')}</label>
            <Input
              id={`sender-${letter.id}`}
              value={value.from_name}
              maxLength={100}
              onChange={(event) => set({ from_name: event.target.value }, 'sender')}
            />
          </div>
        </div>
        {value.source ? (
          <Source source={value.source} change={(source) => set({ source }, 'source')} />
        ) : (
          <Blocks letter={value} problems={placed} change={(blocks, merge) => set({ blocks }, merge)} />
        )}
      </fieldset>
    </BuilderLayout>
  )
}

interface Said {
  text: string
  error: boolean
}

/** Say problems in the reader's words: those of a block at their block, the others apart, by line where one can look. */
function useSaid(problems: readonly LetterProblem[], lines: boolean): { general: Said[]; placed: Map<number, Said[]> } {
  const { t, i18n } = useTranslation()
  const general: Said[] = []
  const placed = new Map<number, Said[]>()
  for (const each of problems) {
    const own = `letters.problems.${each.code}`
    const sentence = i18n.exists(own) ? t(own) : each.detail
    const inBody = lines && each.field === 'body' && each.line > 0
    const text = inBody ? t('letters.atLine', { line: each.line, text: sentence }) : sentence
    const said = { text, error: each.severity === 'error' }
    const list = each.block === null || each.block === undefined ? general : (placed.get(each.block) ?? [])
    if (list !== general && each.block !== null && each.block !== undefined) placed.set(each.block, list)
    if (!list.some((known) => known.text === said.text)) list.push(said)
  }
  return { general, placed }
}
