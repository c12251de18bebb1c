/** The head of a row: its number, its verdict, what becomes of it, and the person once there is one. */
import { UserOutlined } from '@ant-design/icons'
import type { TFunction } from 'i18next'
import { Link } from 'react-router'
import type { Row } from '@/api/schema'
import { Sign } from '@/ui/Sign'

const SIGNS = { refused: 'wrong', warning: 'doubt', corrected: 'good', ok: 'good' } as const

/** Words and numbers come from the table: thousands of rows would ask for them one by one. */
export function RowHead({ row, t, number }: { row: Row; t: TFunction; number(value: number): string }) {
  return (
    <>
      <span className={`verdict-${row.verdict}`}>
        {row.verdict ? <Sign of={SIGNS[row.verdict]} word={t(`imports.verdicts.${row.verdict}`)} /> : null}
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
