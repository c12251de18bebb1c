/** Where a person works: present workplaces first, each with where it is known from. */
import { useTranslation } from 'react-i18next'
import type { Affiliation, Profile } from '@/api/schema'
import { useFormat } from '@/i18n/format'
import { lasts, today } from '@/ui/people'
import { Nothing } from '@/ui/states'
import { TermWord, useSourceTitle } from '@/ui/terms'
import { Label } from '@/ui/words'

export function Places({ client }: { client: Profile }) {
  const { t } = useTranslation()
  if (!client.affiliations.length) return <Nothing text={t('clients.places.none')} />
  const now = today()
  const places = [...client.affiliations].sort((one, other) => Number(lasts(other, now)) - Number(lasts(one, now)))
  return (
    <div className="stack">
      {places.map((place, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a workplace has no other name than its place in the list
        <Place key={at} place={place} past={!lasts(place, now)} />
      ))}
    </div>
  )
}

function Place({ place, past }: { place: Affiliation; past: boolean }) {
  const { t } = useTranslation()
  const { day } = useFormat()
  const source = useSourceTitle()
  const dates = [place.start_date, place.end_date].map((each) => (each ? day(each) : '…')).join(' – ')
  return (
    <section className="paper">
      <div className="place-head">
        <h2>
          <bdi className="wrap">{place.organisation_name || t('clients.places.unnamed')}</bdi>
        </h2>
        {past ? <Label>{t('clients.places.past')}</Label> : null}
      </div>
      <dl className="pairs">
        <Pair name={t('clients.places.specialty')}>
          {place.specialty ? <TermWord dictionary="specialties" code={place.specialty} /> : null}
        </Pair>
        <Pair name={t('clients.places.position')}>
          {place.position ? <TermWord dictionary="positions" code={place.position} /> : null}
        </Pair>
        <Pair name={t('clients.places.city')}>
          {place.city ? <TermWord dictionary="cities" code={place.city} /> : null}
        </Pair>
        <Pair name={t('clients.places.region')}>
          {place.region ? <TermWord dictionary="regions" code={place.region} /> : null}
        </Pair>
        <Pair name={t('clients.places.role')}>{place.role ? <bdi>{place.role}</bdi> : null}</Pair>
        <Pair name={t('clients.places.schedule')}>{place.schedule ? <bdi>{place.schedule}</bdi> : null}</Pair>
        <Pair name={t('clients.places.dates')}>{place.start_date || place.end_date ? dates : null}</Pair>
        <Pair name={t('clients.places.source')}>
          <bdi>{source(place.source)}</bdi>
        </Pair>
      </dl>
    </section>
  )
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  if (!children) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
