/** The states of anything that is asked for: loading, empty, failing, no right, partial. Never a spinner over a page. */
import { Button, Empty, Result, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useRouteError } from 'react-router'
import { Problem } from '@/api/problem'

interface Sentence {
  title: string
  advice: string
  trace: string
}

/** Return how to say a failure: what happened and what to do, in the reader's words where we have them. */
export function useSentence(): (failure: unknown) => Sentence {
  const { t, i18n } = useTranslation()
  return (failure) => {
    if (!(failure instanceof Problem)) return { title: t('states.broken'), advice: t('states.reload'), trace: '' }
    const kind = failure.status === 0 ? 'unreachable' : failure.status >= 500 ? 'away' : `${failure.status}`
    const own = `problems.${failure.code}`
    const title = i18n.exists(own)
      ? t(own, { ...failure.fields })
      : i18n.exists(`states.status.${kind}`)
        ? t(`states.status.${kind}`)
        : failure.detail || t('states.broken')
    const advice = failure.passing ? t('states.wait') : failure.detail && failure.detail !== title ? failure.detail : ''
    return { title, advice, trace: failure.trace }
  }
}

/** Say that something failed, what to do, and how support finds it. */
export function Failure({ failure, again, small }: { failure: unknown; again?: () => void; small?: boolean }) {
  const { t } = useTranslation()
  const { title, advice, trace } = useSentence()(failure)
  if (failure instanceof Problem && failure.status === 403) return <NoRight />
  return (
    <div role="alert" className={small ? 'state state-small' : 'state'}>
      <Result
        status={small ? undefined : 'warning'}
        icon={small ? null : undefined}
        title={title}
        subTitle={
          <>
            {advice ? <p>{advice}</p> : null}
            {trace ? (
              <p className="soft">
                {t('states.trace')} <code>{trace}</code>
              </p>
            ) : null}
          </>
        }
        extra={again ? <Button onClick={again}>{t('states.again')}</Button> : null}
      />
    </div>
  )
}

/** Say that there is nothing, and what the next step is. */
export function Nothing({ text, children }: { text: ReactNode; children?: ReactNode }) {
  return (
    <Empty className="state" image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>
      {children}
    </Empty>
  )
}

/** Say that the role does not allow it. */
export function NoRight() {
  const { t } = useTranslation()
  return <Result status="403" title={t('states.noRight')} subTitle={t('states.noRightAdvice')} />
}

/** Say that only a part of it is there. */
export function Partial({ text }: { text: string }) {
  return (
    <p className="partial" role="status">
      {text}
    </p>
  )
}

/** The shape of a page that is still being loaded. */
export function PageSkeleton() {
  return (
    <div className="page" aria-busy="true">
      <Skeleton active title={{ width: 240 }} paragraph={false} />
      <Skeleton active title={false} paragraph={{ rows: 10 }} />
    </div>
  )
}

/** Show an answer once it is there, and its states before and instead. */
export function Shown<T>({
  found,
  shape,
  children,
}: {
  found: { data: T | undefined; error: unknown; refetch: () => unknown }
  /** What to show until then, in the shape of what comes. */
  shape?: ReactNode
  children: (data: T) => ReactNode
}) {
  if (found.data !== undefined) return <>{children(found.data)}</>
  if (found.error) return <Failure failure={found.error} again={() => void found.refetch()} />
  return <>{shape ?? <PageSkeleton />}</>
}

export function NoSuchPage() {
  const { t } = useTranslation()
  return <Result status="404" title={t('states.noPage')} extra={<Link to="/">{t('states.home')}</Link>} />
}

/** A screen whose code failed: the frame stays. */
export function ScreenFailed() {
  const failure = useRouteError()
  const { t } = useTranslation()
  const reload = () => window.location.reload()
  if (failure instanceof Problem) return <Failure failure={failure} again={reload} />
  return (
    <Result
      status="warning"
      title={t('states.broken')}
      extra={<Button onClick={reload}>{t('states.reload')}</Button>}
    />
  )
}
