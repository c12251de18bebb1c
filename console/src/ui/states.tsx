/** The states of anything that is asked for: loading, empty, failing, no right, partial. Never a spinner over a page. */
import {
  CompassOutlined,
  ExclamationCircleOutlined,
  InboxOutlined,
  LockOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useRouteError } from 'react-router'
import { Problem } from '@/api/problem'
import { listOf } from '@/app/areas'
import { isLate } from './late'
import { Shape } from './Shape'

interface Sentence {
  title: string
  advice: string
  trace: string
}

/** Return how to say a failure: what happened and what to do, in the reader's words where we have them. */
export function useSentence(): (failure: unknown) => Sentence {
  const { t, i18n } = useTranslation()
  return (failure) => {
    if (!(failure instanceof Problem)) {
      const word = isLate(failure) ? 'late' : 'broken'
      return { title: t(`states.${word}`), advice: t(`states.${word}Advice`), trace: '' }
    }
    const kind = failure.status === 0 ? 'unreachable' : failure.status >= 500 ? 'away' : `${failure.status}`
    const own = `problems.${failure.code}`
    if (i18n.exists(own)) {
      // The server's own sentence would say it again, in English.
      return {
        title: t(own, { ...failure.fields }),
        advice: failure.passing ? t('states.wait') : '',
        trace: failure.trace,
      }
    }
    // The server's own sentence is English: it stands only where we have no word of our own.
    const title = i18n.exists(`states.status.${kind}`)
      ? t(`states.status.${kind}`)
      : failure.detail || t('states.broken')
    return { title, advice: failure.passing ? t('states.wait') : '', trace: failure.trace }
  }
}

/** One state in the middle of the place that it takes: a sign, a sentence, what to do. */
function Told({
  sign,
  title,
  small,
  alert,
  heading,
  children,
}: {
  sign: ReactNode
  title: ReactNode
  small?: boolean
  alert?: boolean
  /** It stands for the whole screen, whose heading it is. */
  heading?: boolean
  children?: ReactNode
}) {
  return (
    <div className={small ? 'state state-small' : 'state'} role={alert ? 'alert' : undefined}>
      <span className="state-sign" aria-hidden>
        {sign}
      </span>
      <div>
        {heading ? <h1 className="state-title">{title}</h1> : <p className="state-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}

/** Say that something failed, what to do, and how support finds it. */
export function Failure({
  failure,
  again,
  small,
  heading,
  reload,
}: {
  failure: unknown
  again?: () => void
  small?: boolean
  /** It stands for the whole screen. */
  heading?: boolean
  /** Only the page loaded anew helps. */
  reload?: boolean
}) {
  const { t } = useTranslation()
  const { title, advice, trace } = useSentence()(failure)
  if (failure instanceof Problem && failure.status === 403) return <NoRight small={small} />
  return (
    <Told sign={<ExclamationCircleOutlined />} title={title} small={small} heading={heading} alert>
      {advice ? <p>{advice}</p> : null}
      {trace ? (
        <p className="soft">
          {t('states.trace')} <code>{trace}</code>
        </p>
      ) : null}
      {heading && isGone(failure) ? (
        <ToList />
      ) : again ? (
        <Button size={small ? 'small' : undefined} onClick={again}>
          {t('states.again')}
        </Button>
      ) : null}
      {reload ? (
        <Button size={small ? 'small' : undefined} onClick={() => window.location.reload()}>
          {t('states.reload')}
        </Button>
      ) : null}
    </Told>
  )
}

/** Whether what was asked for does not exist: asking again does not help. */
const isGone = (failure: unknown) => failure instanceof Problem && failure.status === 404

/** The way to the list of what the address names. */
function ToList() {
  const { t } = useTranslation()
  const list = listOf(useLocation().pathname)
  return <Link to={`/${list}`}>{t(list ? 'states.toList' : 'states.home')}</Link>
}

/** Say that there is nothing, and what the next step is. */
export function Nothing({ text, children, small }: { text: ReactNode; children?: ReactNode; small?: boolean }) {
  return (
    <Told sign={<InboxOutlined />} title={text} small={small}>
      {children ? <div className="state-next">{children}</div> : null}
    </Told>
  )
}

/** Say that the role does not allow it. */
export function NoRight({ small }: { small?: boolean }) {
  const { t } = useTranslation()
  return (
    <Told sign={<LockOutlined />} title={t('states.noRight')} small={small} heading={!small}>
      <p>{t('states.noRightAdvice')}</p>
    </Told>
  )
}

/** Say that only a part of it is there, and what to do about the rest. */
export function Partial({ text, children }: { text: ReactNode; children?: ReactNode }) {
  return (
    <div className="partial" role="status">
      <WarningOutlined aria-hidden />
      <span>{text}</span>
      {children}
    </div>
  )
}

/** The shape of a page that is still being loaded. */
export function PageSkeleton() {
  const { t } = useTranslation()
  return (
    <div className="page" aria-busy="true">
      <h1 className="unseen">{t('states.loading')}</h1>
      <Shape title={240} rows={10} />
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
  if (found.error) return <Failure failure={found.error} again={() => void found.refetch()} heading={!shape} />
  return <>{shape ?? <PageSkeleton />}</>
}

export function NoSuchPage() {
  const { t } = useTranslation()
  return (
    <Told sign={<CompassOutlined />} title={t('states.noPage')} heading>
      <Link to="/">{t('states.home')}</Link>
    </Told>
  )
}

/** A screen whose code failed: the frame stays. */
export function ScreenFailed() {
  const failure = useRouteError()
  return <Failure failure={failure} heading reload />
}
