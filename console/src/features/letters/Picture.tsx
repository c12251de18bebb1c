/** The picture of a letter: dropped, chosen or pasted, kept by the server at once, then asked what stands for it. */
import { PictureOutlined } from '@ant-design/icons'
import { Button, Input, InputNumber, Progress } from 'antd'
import { type ClipboardEvent, type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/api/problem'
import { useFormat } from '@/i18n/format'
import { useSentence } from '@/ui/states'
import type { Block } from './letter'
import { fileOf, keep, LARGEST, shownAt, TYPES, unfit } from './pictures'
import { Shelf } from './Shelf'

interface Props {
  block: Block
  /** Gives the picture that was dropped where the block now stands, once. */
  taken(key: string): File | undefined
  change(fields: Partial<Block>): void
}

export function Picture({ block, taken, change }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const { part, refusal, send } = useSending((address) => {
    change({ image: address })
    // A picture that is not shown says nothing: what stands for it is asked for at once.
    if (!block.text) place.current?.querySelector<HTMLInputElement>(`#${CSS.escape(`${id}-instead`)}`)?.focus()
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the block appears
  useEffect(() => {
    const file = taken(block.key)
    if (file) send(file)
  }, [])
  const dropped = (event: DragEvent) => {
    const file = fileOf(event.dataTransfer)
    setOver(false)
    if (!file) return
    event.preventDefault()
    event.stopPropagation()
    send(file)
  }
  const pasted = (event: ClipboardEvent) => {
    const file = fileOf(event.clipboardData)
    if (!file) return
    event.preventDefault()
    send(file)
  }
  const shown = shownAt(block.image)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping and pasting beside the button that does the same
    <div
      ref={place}
      className={over ? 'block-image over' : 'block-image'}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
      onPaste={pasted}
    >
      <div className="block-shown">
        {shown ? (
          <img src={shown} alt="" />
        ) : (
          <span className="block-picture">
            <PictureOutlined aria-hidden />
          </span>
        )}
        <Button size="small" onClick={() => input.current?.click()} loading={part !== null}>
          {t(block.image ? 'letters.pictureOther' : 'letters.pictureChoose')}
        </Button>
        <Shelf take={(image) => change({ image })} />
        <input
          ref={input}
          type="file"
          className="unseen"
          tabIndex={-1}
          aria-label={t('letters.pictureChoose')}
          accept={TYPES.join(',')}
          onChange={(event) => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) send(file)
          }}
        />
      </div>
      <div className="block-fields">
        <div role="status">
          {part !== null ? (
            <Progress percent={Math.round(part * 100)} size="small" aria-label={t('letters.pictureSending')} />
          ) : refusal ? (
            <p className="bad" role="alert">
              {refusal}
            </p>
          ) : block.image ? null : (
            <p className="soft">{t('letters.pictureHint')}</p>
          )}
        </div>
        <label htmlFor={`${id}-instead`}>{t('letters.instead')}</label>
        <Input
          id={`${id}-instead`}
          value={block.text}
          placeholder={t('letters.insteadHint')}
          status={block.image && !block.text.trim() ? 'warning' : undefined}
          aria-describedby={`${id}-why`}
          onChange={(event) => change({ text: event.target.value })}
        />
        <small id={`${id}-why`} className={block.image && !block.text.trim() ? 'warn' : 'unseen'}>
          {t('letters.insteadWhy')}
        </small>
        <label htmlFor={`${id}-leads`}>{t('letters.leadsTo')}</label>
        <Input
          id={`${id}-leads`}
          value={block.address}
          placeholder={t('letters.leadsNowhere')}
          onChange={(event) => change({ address: event.target.value })}
        />
        <div className="block-pair">
          <span>
            <label htmlFor={`${id}-address`}>{t('letters.picture')}</label>
            <Input
              id={`${id}-address`}
              value={block.image}
              placeholder="https://"
              onChange={(event) => change({ image: event.target.value })}
            />
          </span>
          <span>
            <label htmlFor={`${id}-width`}>{t('letters.width')}</label>
            <InputNumber
              id={`${id}-width`}
              value={block.width || null}
              min={0}
              max={600}
              placeholder="600"
              onChange={(width) => change({ width: width ?? 0 })}
            />
          </span>
        </div>
      </div>
    </div>
  )
}

/** One picture on its way: how far it is, and why it was refused. */
function useSending(done: (address: string) => void) {
  const { t } = useTranslation()
  const { size } = useFormat()
  const sentence = useSentence()
  const [part, setPart] = useState<number | null>(null)
  const [refusal, setRefusal] = useState('')
  const running = useRef<AbortController | null>(null)
  const alive = useRef(false)
  // The letter goes on being written while a picture is on its way: the answer belongs to what it says then.
  const latest = useRef(done)
  latest.current = done
  useEffect(() => {
    alive.current = true
    return () => {
      alive.current = false
    }
  }, [])
  const said = (failure: unknown, file: File) => {
    const status = failure instanceof Problem ? failure.status : 0
    if (status === 415) return t('letters.pictureType')
    if (status === 413) return t('letters.pictureSize', { size: size(file.size), most: size(LARGEST) })
    return sentence(failure).title
  }
  const send = async (file: File) => {
    const lack = unfit(file)
    if (lack) {
      setRefusal(
        t(lack === 'type' ? 'letters.pictureType' : 'letters.pictureSize', {
          size: size(file.size),
          most: size(LARGEST),
        }),
      )
      return
    }
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    setRefusal('')
    setPart(0)
    try {
      const { address } = await keep(file, setPart, control.signal)
      if (alive.current && !control.signal.aborted) latest.current(address)
    } catch (failure) {
      if (!control.signal.aborted) setRefusal(said(failure, file))
    } finally {
      if (running.current === control) setPart(null)
    }
  }
  return { part, refusal, send: (file: File) => void send(file) }
}
