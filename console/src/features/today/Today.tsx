/** The front page: what runs, what waits for me, what came last. */
import { useTranslation } from 'react-i18next'

export function Screen() {
  const { t } = useTranslation()
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('frame.areas.today')}</h1>
      </header>
    </div>
  )
}
