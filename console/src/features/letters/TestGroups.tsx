/** Saved groups of test addresses: one press takes a group, another keeps what is typed as one. */
import { CloseOutlined, SaveOutlined } from '@ant-design/icons'
import { App, Button, Input, Popconfirm, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure, useSentence } from '@/ui/states'
import { type Group, useGroups } from './groups'

interface Props {
  open: boolean
  addresses: readonly string[]
  /** Whether all of them are addresses. */
  fit: boolean
  choose(addresses: readonly string[]): void
}

export function TestGroups({ open, addresses, fit, choose }: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const sentence = useSentence()
  const { groups, failure, keep, change, drop } = useGroups(open)
  const here = groups.find((each) => same(each.addresses, addresses))
  const told = (work: Promise<unknown>) => work.catch((reason: unknown) => void message.error(sentence(reason).title))
  if (failure) return <Failure failure={failure} small />
  return (
    <section className="test-groups" aria-label={t('letters.groups')}>
      {groups.length ? <span className="soft">{t('letters.groups')}</span> : null}
      {groups.map((each) => (
        <span key={each.id} className={each === here ? 'test-group here' : 'test-group'}>
          <Button
            size="small"
            type={each === here ? 'primary' : 'default'}
            aria-pressed={each === here}
            onClick={() => choose(each.addresses)}
          >
            <bdi>{each.name}</bdi> <span className="figure">{each.addresses.length}</span>
          </Button>
          {each.own ? (
            <Popconfirm
              title={t('letters.groupDropping', { name: each.name })}
              okText={t('letters.groupDrop')}
              onConfirm={() => told(drop(each.id))}
            >
              <Button
                size="small"
                type="text"
                icon={<CloseOutlined />}
                aria-label={t('letters.groupDropNamed', { name: each.name })}
              />
            </Popconfirm>
          ) : null}
        </span>
      ))}
      {addresses.length && fit && !here ? (
        <Keeping groups={groups} addresses={addresses} keep={keep} change={change} />
      ) : null}
    </section>
  )
}

/** Keep the addresses under a name; the name of one's own group means that group. */
function Keeping({
  groups,
  addresses,
  keep,
  change,
}: {
  groups: readonly Group[]
  addresses: readonly string[]
  keep(name: string, addresses: readonly string[]): Promise<unknown>
  change(id: string, addresses: readonly string[]): Promise<unknown>
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const known = groups.find((each) => each.own && each.name === name.trim())
  const save = async () => {
    if (!name.trim()) return
    setBusy(true)
    setFailure(null)
    try {
      await (known ? change(known.id, addresses) : keep(name.trim(), addresses))
      setOpen(false)
      setName('')
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  const content = (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="row">
        <Input
          autoFocus
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder={t('letters.groupName')}
          aria-label={t('letters.groupName')}
        />
        <Button type="primary" htmlType="submit" loading={busy} disabled={!name.trim()}>
          {t(known ? 'letters.groupReplace' : 'letters.groupKeep')}
        </Button>
      </div>
      <span className="soft">{t('letters.groupShared')}</span>
      {failure ? <Failure failure={failure} small /> : null}
    </form>
  )
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      content={content}
      placement="bottomLeft"
      destroyOnHidden
    >
      <Button size="small" type="text" icon={<SaveOutlined />}>
        {t('letters.groupSave')}
      </Button>
    </Popover>
  )
}

/** Whether two lists hold the same addresses. */
function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}
