import '@fontsource-variable/inter/wght.css'
import './base.css'
import './ui/pieces.css'
import './frame.css'
import './app/floating.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { Preferred } from './app/preferences'
import { firstLanguage } from './i18n'
import { leaveChoicesByTab } from './ui/choices'

const root = document.getElementById('root')
if (!root) throw new Error('no root')
leaveChoicesByTab()
createRoot(root).render(
  <StrictMode>
    <Preferred language={firstLanguage(localStorage.getItem('language'))}>
      <App />
    </Preferred>
  </StrictMode>,
)
