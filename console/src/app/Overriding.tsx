/**
 * What a declared period holds back may be done all the same by whoever has the right: the period and its reason are
 * shown, and it is done only after the period was named. The trail has it before it is done.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { onHeldBack } from '@/api/client'
import type { Freeze } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { Danger } from '@/ui/Danger'
import { useHeldBack } from './HeldBack'
import { meQuery, useMay } from './session'

interface Waiting {
  freeze: Freeze
  decide(go: boolean): void
}

export function Overriding() {
  const { t } = useTranslation()
  const { moment } = useFormat()
  const heldBack = useHeldBack()
  const queries = useQueryClient()
  const may = useMay('freezes.override')
  const [waiting, setWaiting] = useState<readonly Waiting[]>([])
  useEffect(() => {
    onHeldBack(async (id) => {
      // Declared within the last minute, perhaps: from now on everybody here sees the line above the screen.
      const me = await queries.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).catch(() => null)
      const freeze = me?.freezes.find((each) => each.id === id)
      if (!may || !freeze) return false
      return new Promise((decide) => setWaiting((all) => [...all, { freeze, decide }]))
    })
    return () => onHeldBack(null)
  }, [queries, may])
  const first = waiting[0]
  // The last one stays in the dialog while it goes away.
  const shown = useRef(first)
  if (first) shown.current = first
  const decided = (go: boolean) => {
    first?.decide(go)
    setWaiting((all) => all.filter((each) => each !== first))
  }
  const freeze = shown.current?.freeze
  if (!freeze) return null
  return (
    <Danger
      open={first !== undefined}
      close={() => decided(false)}
      title={t('frame.override.title')}
      object={
        <>
          <p>
            <strong>
              <bdi className="wrap">{freeze.title}</bdi>
            </strong>
          </p>
          <p>
            {t('frame.held.until', { time: moment(freeze.end_time ?? '') })}: {heldBack(freeze.scopes)}
          </p>
          <p className="soft">{t('frame.override.note')}</p>
        </>
      }
      word={freeze.title}
      button={t('frame.override.do')}
      act={async () => decided(true)}
    />
  )
}
