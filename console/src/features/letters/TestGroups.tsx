/** Saved groups of test addresses: one press takes a group, another keeps what is typed as one. */
import { CloseOutlined } from '@ant-design/icons'
import { Button, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'
import { useDoing } from '@/ui/doing'
import { NameForm } from '@/ui/NameForm'
import { Failure } from '@/ui/states'
import { useGroups } from './groups'

interface Props {
  open: boolean
  addresses: readonly string[]
  /** Whether all of them are addresses. */
  fit: boolean
  choose(addresses: readonly string[]): void
}

export function TestGroups({ open, addresses, fit, choose }: Props) {
  const { t } = useTranslation()
  const { groups, failure, keep, change, drop } = useGroups(open)
  const here = groups.find((each) => same(each.addresses, addresses))
  const ownOf = (name: string) => groups.find((each) => each.own && each.name === name)
  const { go } = useDoing()
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
              onConfirm={() => go(() => drop(each.id))}
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
        <NameForm
          open={t('letters.groupSave')}
          label={t('letters.groupName')}
          button={(name) => t(ownOf(name) ? 'letters.groupReplace' : 'letters.groupKeep')}
          note={t('letters.groupShared')}
          save={(name) => {
            // The name of one's own group means that group.
            const own = ownOf(name)
            return own ? change(own.id, addresses) : keep(name, addresses)
          }}
        />
      ) : null}
    </section>
  )
}

/** Whether two lists hold the same addresses. */
function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}
