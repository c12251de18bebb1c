/** The gallery: tokens, layouts and every state, with invented content. */
import { useTranslation } from 'react-i18next'

export function Screen() {
  const { t } = useTranslation()
  return (
    <div className="page">
      <header className="page-head">
        <h1>{t('design.title')}</h1>
      </header>
    </div>
  )
}
