/** A field of a letter: text with the marks that a reader sees, and variables put in where the cursor is. */
import { BoldOutlined, ItalicOutlined, LinkOutlined, UnorderedListOutlined, UserAddOutlined } from '@ant-design/icons'
import { Button, Dropdown, Input, Tooltip } from 'antd'
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Chosen, inserted, listed, marked } from './letter'
import { useVariables } from './queries'

interface Props {
  label: string
  value: string
  change(text: string): void
  placeholder?: string
  /** Paragraphs with marks; one line otherwise. */
  rich?: boolean
  /** Shown inside of the letter: no label above, no frame. */
  bare?: boolean
  className?: string
  /** Links every letter has, such as the page with the letter, are offered too. */
  links?: boolean
  problem?: string
  limit?: number
}

type Area = HTMLInputElement | HTMLTextAreaElement

export function Field({ label, value, change, placeholder, rich, bare, className, links, problem, limit }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLDivElement>(null)
  const area = () => field.current?.querySelector<Area>('input, textarea')
  const edit = (act: (chosen: Chosen) => Chosen) => {
    const found = area()
    const end = value.length
    const next = act({ text: value, start: found?.selectionStart ?? end, end: found?.selectionEnd ?? end })
    change(next.text)
    requestAnimationFrame(() => {
      const now = area()
      now?.focus()
      now?.setSelectionRange(next.start, next.end)
    })
  }
  const shared = {
    id,
    value,
    placeholder,
    maxLength: limit,
    'aria-label': bare ? label : undefined,
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': problem ? `${id}-problem` : undefined,
    variant: bare ? ('borderless' as const) : undefined,
    status: problem ? ('error' as const) : undefined,
    className,
    onChange: (event: { target: Area }) => change(event.target.value),
  }
  return (
    <div className={bare ? 'field field-bare' : 'field'} ref={field}>
      {bare ? null : <label htmlFor={id}>{label}</label>}
      <div className="field-line">
        {rich ? <Input.TextArea {...shared} rows={2} /> : <Input {...shared} />}
        <span className="field-tools">
          {rich ? (
            <>
              <Mark word={t('letters.bold')} icon={<BoldOutlined />} act={() => edit((it) => marked(it, '**', '**'))} />
              <Mark
                word={t('letters.italic')}
                icon={<ItalicOutlined />}
                act={() => edit((it) => marked(it, '*', '*'))}
              />
              <Mark
                word={t('letters.link')}
                icon={<LinkOutlined />}
                act={() => edit((it) => marked(it, '[', '](https://)'))}
              />
              <Mark word={t('letters.list')} icon={<UnorderedListOutlined />} act={() => edit(listed)} />
            </>
          ) : null}
          <Variables links={links} put={(name) => edit((it) => inserted(it, `{{ ${name} }}`))} />
        </span>
      </div>
      {problem ? (
        <small id={`${id}-problem`} className="bad">
          {problem}
        </small>
      ) : null}
    </div>
  )
}

function Mark({ word, icon, act }: { word: string; icon: React.ReactNode; act(): void }) {
  return (
    <Tooltip title={word}>
      {/* The field keeps its chosen words: a press on the button does not take the focus away. */}
      <Button
        type="text"
        size="small"
        icon={icon}
        aria-label={word}
        onMouseDown={(event) => event.preventDefault()}
        onClick={act}
      />
    </Tooltip>
  )
}

function Variables({ put, links }: { put(name: string): void; links?: boolean }) {
  const { t } = useTranslation()
  const variables = useVariables().filter((each) => links || !each.link)
  const items = variables.map((each) => ({
    key: each.name,
    label: (
      <span className="option">
        {each.title}
        <small className="soft">{each.sample}</small>
      </span>
    ),
  }))
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => put(key) }} disabled={!items.length}>
      <Button
        type="text"
        size="small"
        icon={<UserAddOutlined />}
        aria-label={t('letters.insertVariable')}
        title={t('letters.insertVariable')}
      />
    </Dropdown>
  )
}
