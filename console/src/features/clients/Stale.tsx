/** A stale edit: mine beside theirs, field by field; nothing is written until somebody has chosen. */
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AffiliationInput, Attribute, PatchProfile, Profile } from '@/api/schema'
import { useColleagues } from '@/ui/colleagues'
import { writtenContact } from '@/ui/people'
import { TermWord } from '@/ui/terms'
import { Label, Moment } from '@/ui/words'
import { keptOf, type Point, type Sides, typed } from './edit'
import { useChanges } from './queries'
import { useAttributeTitle, useValueText } from './words'

interface Props {
  patch: PatchProfile
  theirs: Profile
  sides: readonly Sides[]
  catalogue: readonly Attribute[]
  busy: boolean
  keep(patch: PatchProfile): void
  /** Give the whole edit up. */
  give(): void
  /** Return to the form. */
  back(): void
}

export function Stale({ patch, theirs, sides, catalogue, busy, keep, give, back }: Props) {
  const { t } = useTranslation()
  const title = useAttributeTitle(catalogue)
  const [mine, choose] = useState<readonly string[]>(() => sides.filter((side) => !side.clash).map((side) => side.path))
  const changes = useChanges(theirs.id)
  const last = changes.data?.pages[0]?.items[0]
  const name = useColleagues([last?.actor?.principal ?? ''])
  const kept = keptOf(patch, mine)
  const label = (path: string) =>
    path.startsWith('attributes.') ? title(path.slice('attributes.'.length)) : t(`clients.history.parts.${path}`)
  return (
    <Modal
      open
      width={760}
      title={t('clients.stale.title')}
      onCancel={back}
      mask={{ closable: false }}
      footer={[
        <Button key="back" onClick={back}>
          {t('clients.stale.back')}
        </Button>,
        <Button key="give" onClick={give}>
          {t('clients.stale.give')}
        </Button>,
        <Button key="keep" type="primary" disabled={!kept} loading={busy} onClick={() => kept && keep(kept)}>
          {t('clients.stale.keep')}
        </Button>,
      ]}
    >
      <p>
        {t('clients.stale.what')}{' '}
        {last ? (
          <span className="soft">
            {name(last.actor?.principal ?? '')}, <Moment time={last.record_time} relative />
          </span>
        ) : null}
      </p>
      <table className="sides">
        <thead>
          <tr>
            <th scope="col">{t('clients.stale.field')}</th>
            <th scope="col">{t('clients.stale.theirs')}</th>
            <th scope="col">{t('clients.stale.mine')}</th>
          </tr>
        </thead>
        <tbody>
          {sides.map((side) => (
            <tr key={side.path} className={side.clash ? 'clash' : undefined}>
              <th scope="row">
                {label(side.path)} {side.clash ? <Label kind="warn">{t('clients.stale.clash')}</Label> : null}
              </th>
              {(['theirs', 'mine'] as const).map((whose) => (
                <td key={whose}>
                  <Radio
                    checked={mine.includes(side.path) === (whose === 'mine')}
                    onChange={() =>
                      choose(whose === 'mine' ? [...mine, side.path] : mine.filter((path) => path !== side.path))
                    }
                  >
                    <Side path={side.path} value={side[whose]} catalogue={catalogue} />
                  </Radio>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft">{t('clients.stale.rest')}</p>
    </Modal>
  )
}

function Side({ path, value, catalogue }: { path: string; value: unknown; catalogue: readonly Attribute[] }) {
  const { t } = useTranslation()
  const text = useValueText()
  const none = <span className="soft">{t('clients.stale.none')}</span>
  if (path === 'contacts') {
    const points = value as Point[]
    return points.length ? (
      <bdi className="wrap">{points.map((point) => writtenContact(point.kind, point.value)).join(', ')}</bdi>
    ) : (
      none
    )
  }
  if (path === 'affiliations') {
    const places = value as AffiliationInput[]
    return places.length ? (
      <bdi className="wrap">
        {places.map((place) => place.organisation_name || t('clients.places.unnamed')).join(', ')}
      </bdi>
    ) : (
      none
    )
  }
  const attribute = catalogue.find((each) => `attributes.${each.key}` === path)
  const raw = String(value)
  if (!raw || !attribute) return none
  if (attribute.dictionary) return <TermWord dictionary={attribute.dictionary} code={raw} />
  return <bdi className="wrap">{text(typed(attribute.type, raw))}</bdi>
}
