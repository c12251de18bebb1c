/** Which columns a list shows, kept by this browser per list. */
import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover } from 'antd'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

export interface Column<T> {
  key: string
  title: string
  render(row: T): ReactNode
  /** Least width in pixels; what is left over is shared in proportion. */
  width?: number
  /** Its `order_by` value. */
  sorter?: string
  /** Cannot be hidden. */
  always?: boolean
  /** Not shown until chosen. */
  hidden?: boolean
  /** Figures stand at the right. */
  figures?: boolean
}

/** Keys of the columns that are shown, in order. */
type Choice = readonly string[]

interface Chosen<T> {
  shown: readonly Column<T>[]
  /** All of them: the shown ones in their order, then the others. */
  all: readonly Column<T>[]
  choose(keys: Choice): void
  restore(): void
  changed: boolean
}

export function readChoice(text: string | null, columns: readonly { key: string; always?: boolean }[]): Choice | null {
  if (!text) return null
  try {
    const keys = (JSON.parse(text) as string[]).filter((key) => columns.some((each) => each.key === key))
    const missing = columns.filter((each) => each.always && !keys.includes(each.key)).map((each) => each.key)
    return [...missing, ...keys]
  } catch {
    return null
  }
}

/** Choose columns of a list; a column that is new to the choice of an older day stays hidden. */
export function useColumns<T>(name: string, columns: readonly Column<T>[]): Chosen<T> {
  const place = `columns:${name}`
  const [text, setText] = useState(() => localStorage.getItem(place))
  const choice = useMemo(() => readChoice(text, columns), [text, columns])
  const shown = useMemo(() => {
    if (!choice) return columns.filter((each) => !each.hidden || each.always)
    return choice.flatMap((key) => columns.find((each) => each.key === key) ?? [])
  }, [choice, columns])
  const choose = useCallback(
    (keys: Choice) => {
      localStorage.setItem(place, JSON.stringify(keys))
      setText(JSON.stringify(keys))
    },
    [place],
  )
  const restore = useCallback(() => {
    localStorage.removeItem(place)
    setText(null)
  }, [place])
  const all = useMemo(() => [...shown, ...columns.filter((each) => !shown.includes(each))], [shown, columns])
  return { shown, all, choose, restore, changed: choice !== null }
}

export function ColumnsChoice<T>({ chosen }: { chosen: Chosen<T> }) {
  const { t } = useTranslation()
  const keys = chosen.shown.map((each) => each.key)
  const move = (key: string, by: number) => {
    const next = keys.filter((each) => each !== key)
    next.splice(keys.indexOf(key) + by, 0, key)
    chosen.choose(next)
  }
  const turn = (key: string, on: boolean) => chosen.choose(on ? [...keys, key] : keys.filter((each) => each !== key))
  const content = (
    <div className="columns">
      <ul>
        {chosen.all.map((each) => {
          const place = keys.indexOf(each.key)
          return (
            <li key={each.key}>
              <Checkbox
                checked={place >= 0}
                disabled={each.always}
                onChange={(event) => turn(each.key, event.target.checked)}
              >
                {each.title}
              </Checkbox>
              {place >= 0 ? (
                <span>
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowUpOutlined />}
                    disabled={place === 0}
                    aria-label={t('layouts.columns.earlier', { name: each.title })}
                    onClick={() => move(each.key, -1)}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowDownOutlined />}
                    disabled={place === keys.length - 1}
                    aria-label={t('layouts.columns.later', { name: each.title })}
                    onClick={() => move(each.key, 1)}
                  />
                </span>
              ) : null}
            </li>
          )
        })}
      </ul>
      <Button type="link" size="small" disabled={!chosen.changed} onClick={chosen.restore}>
        {t('layouts.columns.restore')}
      </Button>
    </div>
  )
  return (
    <Popover trigger="click" placement="bottomRight" content={content} title={t('layouts.columns.title')}>
      <Button icon={<SettingOutlined />} aria-label={t('layouts.columns.title')} title={t('layouts.columns.title')} />
    </Popover>
  )
}
