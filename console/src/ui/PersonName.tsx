/** A person's name that harms nobody: isolated in its direction, cut where there is no room, whole on hover. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Profile } from '@/api/schema'
import { fullName } from './people'

export function PersonName({ person, to }: { person: Pick<Profile, 'attributes'>; to?: string }) {
  const { t } = useTranslation()
  const name = fullName(person)
  const shown = name ? (
    <bdi className="cut" title={name}>
      {name}
    </bdi>
  ) : (
    <span className="soft">{t('people.noName')}</span>
  )
  return to ? (
    <Link className="person" to={to}>
      {shown}
    </Link>
  ) : (
    shown
  )
}
