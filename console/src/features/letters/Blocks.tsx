/** The letter as its reader will see it, block by block, each written in its place. Alt and arrows move a block. */
import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  BorderOutlined,
  CopyOutlined,
  DeleteOutlined,
  FontSizeOutlined,
  HolderOutlined,
  LineOutlined,
  PictureOutlined,
  PlusOutlined,
  VerticalAlignBottomOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, Tooltip } from 'antd'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BlockBody } from './BlockBody'
import {
  added,
  type Block,
  blockOf,
  changed,
  duplicated,
  endOf,
  KINDS,
  type Kind,
  type Letter,
  moved,
  removed,
} from './letter'
import { fileOf } from './pictures'

const ICONS: Record<Kind, ReactNode> = {
  heading: <FontSizeOutlined />,
  text: <span aria-hidden>¶</span>,
  button: <BorderOutlined />,
  image: <PictureOutlined />,
  divider: <LineOutlined />,
  footer: <VerticalAlignBottomOutlined />,
}

interface Props {
  letter: Letter
  change(blocks: readonly Block[], merge?: string): void
  /** What is wrong with a block, by its place. */
  problems: ReadonlyMap<number, readonly { text: string; error: boolean }[]>
}

export function Blocks({ letter, change, problems }: Props) {
  const { t } = useTranslation()
  const { blocks } = letter
  const [carried, setCarried] = useState<number | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLOListElement>(null)
  // Pictures that were dropped between blocks, until the block made for each has taken its own.
  const dropped = useRef(new Map<string, File>())

  const focus = (place: number) =>
    requestAnimationFrame(() => {
      const item = list.current?.children[place]
      ;(item?.querySelector<HTMLElement>('input, textarea') ?? item?.querySelector<HTMLElement>('button'))?.focus()
    })
  const add = (kind: Kind, at: number) => {
    change(added(blocks, blockOf(kind), at))
    focus(at)
  }
  const drop = (file: File, at: number) => {
    const block = blockOf('image')
    dropped.current.set(block.key, file)
    change(added(blocks, block, at))
  }
  const taken = (key: string) => {
    const file = dropped.current.get(key)
    dropped.current.delete(key)
    return file
  }
  const move = (from: number, to: number) => {
    const next = moved(blocks, from, to)
    if (next === blocks) return
    change(next)
    setSaid(t('letters.movedTo', { place: to + 1, total: blocks.length }))
    focus(to)
  }
  const heard = (event: KeyboardEvent, place: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    move(place, event.key === 'ArrowUp' ? place - 1 : place + 1)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a picture dropped here; the block's own button does the same
    <div
      className="letter-paper"
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault()
      }}
      onDrop={(event) => {
        const file = fileOf(event.dataTransfer)
        if (!file || event.isDefaultPrevented()) return
        event.preventDefault()
        drop(file, endOf(blocks))
      }}
    >
      <ol className="blocks" ref={list} aria-label={t('letters.blocks')}>
        {blocks.map((block, place) => (
          <li
            key={block.key}
            className={`block${carried === place ? ' carried' : ''}${over === place ? ' over' : ''}`}
            onKeyDown={(event) => heard(event, place)}
            onDragOver={(event) => {
              if (carried === null) return
              event.preventDefault()
              setOver(place)
            }}
            onDrop={(event) => {
              event.preventDefault()
              const file = fileOf(event.dataTransfer)
              if (file) drop(file, place + 1)
              else if (carried !== null) move(carried, place)
              setCarried(null)
              setOver(null)
            }}
          >
            {/* biome-ignore lint/a11y/noStaticElementInteractions: carrying by the mouse; keys and buttons do the same */}
            <span
              className="block-handle"
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move'
                event.dataTransfer.setData('text/plain', '')
                setCarried(place)
              }}
              onDragEnd={() => {
                setCarried(null)
                setOver(null)
              }}
              title={t('letters.carry')}
            >
              <HolderOutlined aria-hidden />
            </span>
            <div className="block-body">
              <BlockBody
                block={block}
                taken={taken}
                change={(fields) => change(changed(blocks, block.key, fields), block.key)}
              />
              {problems.get(place)?.map((each) => (
                <p key={each.text} className={each.error ? 'bad block-problem' : 'warn block-problem'}>
                  {each.text}
                </p>
              ))}
            </div>
            <div className="block-tools">
              <Tool
                word={t('letters.up')}
                icon={<ArrowUpOutlined />}
                off={place === 0}
                act={() => move(place, place - 1)}
              />
              <Tool
                word={t('letters.down')}
                icon={<ArrowDownOutlined />}
                off={place === blocks.length - 1}
                act={() => move(place, place + 1)}
              />
              <Tool
                word={t('letters.duplicate')}
                icon={<CopyOutlined />}
                act={() => {
                  change(duplicated(blocks, place))
                  focus(place + 1)
                }}
              />
              <Tool
                word={t('letters.remove')}
                icon={<DeleteOutlined />}
                act={() => {
                  change(removed(blocks, place))
                  focus(Math.max(place - 1, 0))
                }}
              />
              <Add add={(kind) => add(kind, place + 1)} />
            </div>
          </li>
        ))}
      </ol>
      <div className="blocks-add">
        {KINDS.map((kind) => (
          <Button
            key={kind}
            size="small"
            icon={ICONS[kind]}
            onClick={() => add(kind, kind === 'footer' ? blocks.length : endOf(blocks))}
          >
            {t(`letters.kinds.${kind}`)}
          </Button>
        ))}
      </div>
      <span className="unseen" role="status">
        {said}
      </span>
    </div>
  )
}

function Tool({ word, icon, off, act }: { word: string; icon: ReactNode; off?: boolean; act(): void }) {
  return (
    <Tooltip title={word}>
      <Button type="text" size="small" icon={icon} disabled={off} onClick={act} aria-label={word} />
    </Tooltip>
  )
}

function Add({ add }: { add(kind: Kind): void }) {
  const { t } = useTranslation()
  const items = KINDS.map((kind) => ({ key: kind, icon: ICONS[kind], label: t(`letters.kinds.${kind}`) }))
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => add(key as Kind) }}>
      <Button
        type="text"
        size="small"
        icon={<PlusOutlined />}
        aria-label={t('letters.addBelow')}
        title={t('letters.addBelow')}
      />
    </Dropdown>
  )
}
