/** The segments that a person is in: why, and out again where somebody put him in by hand. */
import { CheckOutlined, CloseOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Segment } from '@/api/schema'
import { useMay } from '@/app/session'
import { useDoing } from '@/ui/doing'
import { Shape } from '@/ui/Shape'
import { Failure, Nothing, Shown } from '@/ui/states'
import { useUndo } from '@/ui/undo'
import { Figure, Label } from '@/ui/words'
import { useActs } from './acts'
import { useMemberships, useReasons } from './queries'

export function Segments({ id }: { id: string }) {
  const { t } = useTranslation()
  const found = useMemberships(id)
  return (
    <section className="paper">
      <Shown found={found} shape={<Shape rows={4} />}>
        {({ items }) =>
          items.length ? (
            <ul className="memberships">
              {items.map((segment) => (
                <Membership key={segment.id} id={id} segment={segment} />
              ))}
            </ul>
          ) : (
            <Nothing text={t('clients.memberships.none')} />
          )
        }
      </Shown>
    </section>
  )
}

function Membership({ id, segment }: { id: string; segment: Segment }) {
  const { t, i18n } = useTranslation()
  const may = useMay('segments.edit')
  const undo = useUndo()
  const { addTo, removeFrom } = useActs()
  const { busy, go } = useDoing()
  const out = () =>
    go(async () => {
      await removeFrom(segment.id, [id])
      undo(t('clients.memberships.removed'), () => addTo(segment.id, [id]))
    })
  const sentence = segment.sentences[i18n.language] ?? segment.sentences.ru
  return (
    <li>
      <div>
        <Link to={`/segments/${segment.id}`}>
          <bdi className="wrap">{segment.name}</bdi>
        </Link>{' '}
        <Label>{t(`clients.memberships.kinds.${segment.kind}`)}</Label>
        {sentence ? <div className="soft wrap">{sentence}</div> : null}
      </div>
      <Figure value={segment.members} unit={t('clients.memberships.people', { count: segment.members })} />
      <span className="row">
        <Popover
          trigger="click"
          destroyOnHidden
          placement="bottomRight"
          title={t('clients.memberships.why')}
          content={<Why id={id} segment={segment.id} />}
        >
          <Button size="small">{t('clients.memberships.ask')}</Button>
        </Popover>
        {may && segment.kind === 'static' ? (
          <Button size="small" onClick={() => void out()} loading={busy}>
            {t('clients.memberships.remove')}
          </Button>
        ) : null}
      </span>
    </li>
  )
}

function Why({ id, segment }: { id: string; segment: string }) {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useReasons(id, segment)
  if (error) return <Failure failure={error} again={() => void refetch()} small />
  if (!data) return <span className="soft">…</span>
  return (
    <div className="why">
      {data.by_hand ? <p>{t(`clients.memberships.byHand.${data.by_hand}`)}</p> : null}
      <ul>
        {data.reasons.map((reason) => (
          <li key={reason.pointer}>
            {reason.holds ? (
              <CheckOutlined className="good" aria-label={t('people.yes')} />
            ) : (
              <CloseOutlined className="bad" aria-label={t('people.no')} />
            )}{' '}
            {reason.sentences[i18n.language] ?? reason.sentences.ru}
          </li>
        ))}
      </ul>
    </div>
  )
}
