/** The list of clients. */
import './card.css'
import './clients.css'
import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Profile } from '@/api/schema'
import type { Ahead } from '@/app/ahead'
import { useMay } from '@/app/session'
import { flag, one, readFields, useAddress } from '@/layouts/address'
import { type Chip, type Column, ListLayout } from '@/layouts/List'
import { useMarks } from '@/layouts/marks'
import { tokenOf, usePages } from '@/layouts/pages'
import { typedIn, useTyped } from '@/layouts/typed'
import { useBaseTitle } from '@/ui/known'
import { PersonName } from '@/ui/PersonName'
import { mainWorkplace, plain, today, writtenContact } from '@/ui/people'
import { useSettled } from '@/ui/settled'
import { Nothing } from '@/ui/states'
import { TermWord, useOrganisation, useSegmentName, useTerms } from '@/ui/terms'
import { Label, Moment } from '@/ui/words'
import { ArchiveMany } from './Archive'
import { OpenChannels } from './Facts'
import { FilterPanel, useFixedWord } from './FilterPanel'
import { type ChipKey, chipsOf, FIELDS, type FilterKey, partsOf, ruleOf } from './filters'
import { NewClient } from './NewClient'
import { Preview } from './Preview'
import { clientsQuery, ORDERS, PAGE, useClients } from './queries'
import { SaveSegment } from './SaveSegment'
import { ToSegment } from './ToSegment'
import { useSavedViews } from './views'

const ADDRESS = { ...FIELDS, order: one('', ORDERS), new: flag() }

/** What an address and a text ask. */
function questionOf(values: Values & { order: string }, asked: string) {
  const rule = ruleOf(values)
  const order = values.order || (asked ? '' : 'name')
  return { rule, order, key: `clients:${JSON.stringify([asked, rule, order])}` }
}

export const ahead: Ahead = ({ queries, search, can }) => {
  if (!can('profiles.read')) return
  const text = typedIn('clients').trim()
  const { rule, order, key } = questionOf(readFields(ADDRESS, search), text)
  void queries.prefetchQuery(clientsQuery({ text, rule, order, token: tokenOf(key) }))
}

export function Screen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { values, set, query } = useAddress(ADDRESS)
  // A link may open the form; the address forgets it at once.
  const [adding, add] = useState(values.new)
  // The form asks for what it needs once it was opened.
  const opened = useRef(false)
  opened.current ||= adding
  useEffect(() => {
    if (values.new) set({ new: false })
  }, [values.new, set])
  const [text, type] = useTyped('clients')
  const may = { create: useMay('profiles.edit'), archive: useMay('profiles.archive'), segment: useMay('segments.edit') }
  const views = useSavedViews('clients', query)
  const asked = useSettled(text.trim())
  const { rule, order, key } = questionOf(values, asked)
  const [chosen, choose] = useMarks(JSON.stringify([asked, rule]))
  const pages = usePages(key)
  const found = useClients({ text: asked, rule, order, token: pages.token })
  const chips = useChips(values, set)
  const columns = useColumns()

  const clear = () => {
    type('')
    set(Object.fromEntries(Object.keys(FIELDS).map((key) => [key, []])))
  }
  const rows = found.data?.items
  return (
    <>
      <ListLayout<Profile>
        name="clients"
        title={t('frame.areas.clients')}
        total={found.data?.total}
        {...views}
        search={{ value: text, change: type, placeholder: t('clients.search') }}
        filters={<FilterPanel filters={values} set={set} />}
        chips={chips}
        clear={clear}
        columns={columns}
        rows={rows}
        idOf={(client) => client.id}
        loading={found.isPlaceholderData || found.isPending}
        failure={found.error}
        again={() => void found.refetch()}
        page={pages.turn(PAGE, found.data?.next_page_token)}
        order={order}
        onOrder={(next) => set({ order: next })}
        selection={
          may.archive || may.segment
            ? {
                keys: chosen,
                change: choose,
                bar: (
                  <>
                    {may.segment ? <ToSegment ids={chosen} done={() => choose([])} /> : null}
                    {may.archive ? <ArchiveMany ids={chosen} known={rows ?? []} done={() => choose([])} /> : null}
                  </>
                ),
              }
            : undefined
        }
        preview={(client) => <Preview client={client} />}
        open={(client) => `/clients/${client.id}`}
        edit={may.create ? (client) => void navigate(`/clients/${client.id}?edit=1`) : undefined}
        empty={
          <Nothing text={t('clients.empty')}>
            <Button type="primary" onClick={() => void navigate('/base/imports')}>
              {t('clients.toImport')}
            </Button>
          </Nothing>
        }
        actions={
          <>
            {may.segment && rule && !asked ? <SaveSegment rule={rule} total={found.data?.total} /> : null}
            {may.create ? (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
                {t('clients.new.button')}
              </Button>
            ) : null}
          </>
        }
      />
      {may.create && opened.current ? <NewClient open={adding} close={() => add(false)} /> : null}
    </>
  )
}

type Values = Parameters<typeof ruleOf>[0]

function useChips(values: Values, set: (next: Partial<Values>) => void): Chip[] {
  const { t } = useTranslation()
  const fixed = useFixedWord()
  const purpose = useTerms(values.consent_purpose.length ? 'purposes' : '')
  const base = useBaseTitle()
  const segment = useSegmentName(values.segment.length > 0)
  const organisation = useOrganisation(values.organisation[0] ?? '')
  const specialty = useTerms(values.specialty.length ? 'specialties' : '')
  const position = useTerms(values.position.length ? 'positions' : '')
  const region = useTerms(values.region.length ? 'regions' : '')
  const city = useTerms(values.city.length ? 'cities' : '')
  const words: Partial<Record<FilterKey, (value: string) => string>> = {
    base,
    segment,
    specialty,
    position,
    region,
    city,
    organisation: (id) => (id === organisation?.id ? organisation.name : t('clients.filters.oneMore')),
    consent_purpose: purpose,
  }
  const said = (key: FilterKey) => values[key].map(words[key] ?? ((value) => fixed(key, value))).join(', ')
  const value = (chip: ChipKey) => partsOf(chip).map(said).filter(Boolean).join(' · ')
  return chipsOf(values).map((chip) => ({
    key: chip,
    label: t(`clients.filters.${chip}`),
    value: value(chip),
    remove: () => set(Object.fromEntries(partsOf(chip).map((key) => [key, []]))),
  }))
}

function useColumns(): Column<Profile>[] {
  const { t } = useTranslation()
  const base = useBaseTitle()
  const title = (key: string) => t(`clients.columns.${key}`)
  const place = (client: Profile) => mainWorkplace(client.affiliations, today())
  const contact = (client: Profile, kind: string) => {
    const found = client.contacts.find((each) => each.kind === kind)
    return found ? <bdi>{writtenContact(kind, found.value)}</bdi> : <None />
  }
  return [
    {
      key: 'name',
      title: title('name'),
      width: 206,
      sorter: 'name',
      always: true,
      render: (client) => (
        <span className="named">
          <PersonName person={client} />
          {client.state === 'active' ? null : <Label kind="warn">{t(`people.states.${client.state}`)}</Label>}
        </span>
      ),
    },
    {
      key: 'specialty',
      title: title('specialty'),
      width: 160,
      render: (client) => <Term dictionary="specialties" code={place(client)?.specialty} />,
    },
    {
      key: 'organisation',
      title: title('organisation'),
      width: 200,
      render: (client) => {
        const name = place(client)?.organisation_name
        return name ? <bdi>{name}</bdi> : <None />
      },
    },
    {
      key: 'city',
      title: title('city'),
      width: 130,
      render: (client) => (
        <Term dictionary="cities" code={place(client)?.city || plain(client.attributes.city?.value)} />
      ),
    },
    { key: 'reach', title: title('reach'), width: 144, render: (client) => <OpenChannels client={client} /> },
    {
      key: 'updated',
      title: title('updated'),
      width: 130,
      sorter: 'updated',
      render: (client) => <Moment time={client.update_time} relative />,
    },
    {
      key: 'position',
      title: title('position'),
      width: 180,
      hidden: true,
      render: (client) => <Term dictionary="positions" code={place(client)?.position} />,
    },
    {
      key: 'region',
      title: title('region'),
      width: 180,
      hidden: true,
      render: (client) => (
        <Term dictionary="regions" code={place(client)?.region || plain(client.attributes.region?.value)} />
      ),
    },
    { key: 'email', title: title('email'), width: 220, hidden: true, render: (client) => contact(client, 'email') },
    { key: 'phone', title: title('phone'), width: 160, hidden: true, render: (client) => contact(client, 'phone') },
    {
      key: 'kind',
      title: title('kind'),
      width: 110,
      hidden: true,
      render: (client) => t(`people.kinds.${client.kind}`, client.kind),
    },
    {
      key: 'base',
      title: title('base'),
      width: 200,
      hidden: true,
      render: (client) => <bdi>{client.bases.map(base).join(', ')}</bdi>,
    },
  ]
}

function Term({ dictionary, code }: { dictionary: string; code?: string }) {
  return code ? <TermWord dictionary={dictionary} code={code} /> : <None />
}

function None() {
  return <span className="soft">—</span>
}
