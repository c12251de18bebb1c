/** The head of a row: its number, its verdict, what becomes of it, and the person once there is one. */
import { CheckCircleOutlined, CloseCircleFilled, UserOutlined, WarningFilled } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Row } from '@/api/schema'
import { useFormat } from '@/i18n/format'

export function RowHead({ row }: { row: Row }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <>
      <span className={`verdict-${row.verdict}`}>
        {row.verdict === 'refused' ? <CloseCircleFilled /> : null}
        {row.verdict === 'warning' ? <WarningFilled /> : null}
        {row.verdict === 'corrected' || row.verdict === 'ok' ? <CheckCircleOutlined /> : null}
        <span className="unseen">{t(`imports.verdicts.${row.verdict}`)}</span>
      </span>
      <span className="figure">{number(row.row)}</span>
      {row.action ? <small className="soft">{t(`imports.became.${row.action}`)}</small> : null}
      {row.profile ? (
        <Link to={`/clients/${row.profile}`} aria-label={t('imports.rows.person', { row: row.row })}>
          <UserOutlined aria-hidden />
        </Link>
      ) : null}
    </>
  )
}
