/** What is known of a person: every value with where it came from, and those that lost. */
import { PushpinOutlined } from '@ant-design/icons'
import { App, Button, Popconfirm, Popover, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Attribute, Profile, Value } from '@/api/schema'
import { useMay } from '@/app/session'
import { useFormat } from '@/i18n/format'
import { useDoing } from '@/ui/doing'
import { useBaseTitle, useCatalogue } from '@/ui/known'
import { plain } from '@/ui/people'
import { Shape } from '@/ui/Shape'
import { Shown } from '@/ui/states'
import { TermWord, useSourceTitle } from '@/ui/terms'
import { Day, Label, Moment } from '@/ui/words'
import { useActs } from './acts'
import { Contacts } from './Contacts'
import { attributesFor } from './edit'
import { useAttributeTitle, useValueText } from './words'

interface Props {
  client: Profile
  /** The person as it is now, when `client` is one of the past. */
  now?: Profile
}

export function Data({ client, now }: Props) {
  const { t } = useTranslation()
  const catalogue = useCatalogue()
  const gone = now
    ? client.contacts.map((each) => each.value).filter((value) => !now.contacts.some((each) => each.value === value))
    : []
  return (
    <div className="stack">
      <section className="paper">
        <h2>{t('clients.data.personal')}</h2>
        <Shown found={catalogue} shape={<Shape rows={4} />}>
          {(known) => <Values client={client} now={now} catalogue={known} />}
        </Shown>
      </section>
      <section className="paper">
        <h2>{t('clients.data.contacts')}</h2>
        <Contacts client={client} gone={gone} />
      </section>
      <section className="paper">
        <h2>{t('clients.data.records')}</h2>
        <Records client={client} past={now !== undefined} />
      </section>
    </div>
  )
}

function Values({ client, now, catalogue }: Props & { catalogue: readonly Attribute[] }) {
  const { t } = useTranslation()
  const title = useAttributeTitle(catalogue)
  const all = attributesFor(client.kind, catalogue)
  const known = ({ key }: Attribute) => client.attributes[key ?? ''] || now?.attributes[key ?? '']
  const shown = all.filter(known)
  const empty = all.filter((each) => !known(each)).map((each) => title(each.key ?? ''))
  return (
    <>
      <table className="values" aria-label={t('clients.data.personal')}>
        <tbody>
          {shown.map((attribute) => {
            const key = attribute.key ?? ''
            const golden = client.attributes[key]
            const later = now?.attributes[key]
            const changed = now && plain(later?.value) !== plain(golden?.value)
            return (
              <tr key={key}>
                <th scope="row">{title(key)}</th>
                <td>
                  {golden ? <ValueText attribute={attribute} value={golden} /> : <span className="soft">—</span>}
                  {changed ? (
                    <span className="now">
                      {t('clients.data.now')}{' '}
                      {later ? <ValueText attribute={attribute} value={later} /> : t('clients.data.nothing')}
                    </span>
                  ) : null}
                </td>
                <td className="from">{golden ? <Origin value={golden} attribute={attribute} /> : null}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {empty.length ? (
        <p className="soft empties">
          {t('clients.data.empty')} {empty.join(', ')}
        </p>
      ) : null}
    </>
  )
}

function ValueText({ attribute, value }: { attribute: Attribute; value: Value }) {
  const text = useValueText()
  const { code } = value.value ?? {}
  if (code && attribute.dictionary) return <TermWord dictionary={attribute.dictionary} code={code} />
  return <bdi className="wrap">{text(value.value)}</bdi>
}

/** Where a value came from and when; those that lost behind a button. */
function Origin({ value, attribute }: { value: Value; attribute: Attribute }) {
  const { t } = useTranslation()
  const source = useSourceTitle()
  const { moment } = useFormat()
  const hint = (
    <>
      {value.observe_time ? <div>{t('clients.data.observed', { time: moment(value.observe_time) })}</div> : null}
      {value.confirm_time ? <div>{t('clients.confirmed', { day: moment(value.confirm_time) })}</div> : null}
      {value.pinned ? <div>{t('clients.data.pinned')}</div> : null}
    </>
  )
  return (
    <span className="origin">
      <Tooltip title={hint} trigger={['hover', 'focus']}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what a hover says is for the keyboard too */}
        <bdi className="soft cut" tabIndex={0}>
          {value.pinned ? <PushpinOutlined aria-label={t('clients.data.pinned')} /> : null} {source(value.source)}
        </bdi>
      </Tooltip>
      {value.others.length ? <Others value={value} attribute={attribute} /> : null}
    </span>
  )
}

function Others({ value, attribute }: { value: Value; attribute: Attribute }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const source = useSourceTitle()
  const content = (
    <table className="others">
      <tbody>
        {value.others.map((other) => (
          <tr key={other.record + plain(other.value)}>
            <td>
              <ValueText attribute={attribute} value={other} />
            </td>
            <td className="soft">
              <bdi>{source(other.source)}</bdi>
            </td>
            <td className="soft">
              <Day date={other.observe_time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
  return (
    <Popover trigger="click" title={t('clients.data.lost')} content={content}>
      <Button type="link" size="small">
        {t('clients.data.others', { count: value.others.length, number: number(value.others.length) })}
      </Button>
    </Popover>
  )
}

function Records({ client, past }: { client: Profile; past: boolean }) {
  const { t } = useTranslation()
  const may = useMay('profiles.merge') && !past
  const source = useSourceTitle()
  const base = useBaseTitle()
  return (
    <ul className="records">
      {client.records.map((record) => (
        <li key={record.id}>
          <bdi className="cut">{source(record.source)}</bdi>
          <Label>{base(record.base)}</Label>
          <span className="soft">
            {t('clients.data.seen')} <Moment time={record.observe_time} relative />
          </span>
          {may && record.home !== client.id ? <Apart client={client} home={record.home} /> : null}
        </li>
      ))}
    </ul>
  )
}

/** Take back the merge that brought a record here. */
function Apart({ client, home }: { client: Profile; home: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { unmerge } = useActs()
  const { busy, go } = useDoing()
  const act = () =>
    go(async () => {
      await unmerge(client.id, home)
      void message.success(
        <span>
          {t('clients.apart.done')} <Link to={`/clients/${home}`}>{t('clients.apart.open')}</Link>
        </span>,
      )
    })
  return (
    <Popconfirm
      title={t('clients.apart.title')}
      description={t('clients.apart.what')}
      okText={t('clients.apart.do')}
      onConfirm={act}
    >
      <Button size="small" type="text" loading={busy}>
        {t('clients.apart.button')}
      </Button>
    </Popconfirm>
  )
}
