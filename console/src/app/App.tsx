/** The console as a whole: words, theme, cache, routes. */
import { QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider, App as Kit } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import { firstLanguage, kitWords, speak, wordsAhead } from '@/i18n'
import { themeOf } from '@/theme'
import { Guard } from '@/ui/Guard'
import { useSentence } from '@/ui/states'
import { queries, tellBy } from './cache'
import { nonce } from './nonce'
import { usePreferences } from './preferences'
import { router } from './router'
import { Speechless, Starting } from './Starting'
import { meQuery } from './session'

// Asked for before anything is drawn: who is here, and the words.
void queries.prefetchQuery(meQuery)
wordsAhead(firstLanguage(localStorage.getItem('language')))

export function App() {
  const { language, mode } = usePreferences()
  const [words, setWords] = useState<{ language: string; kit: unknown } | null>(null)
  const [silent, setSilent] = useState(false)
  useEffect(() => {
    let wanted = true
    Promise.all([speak(language), kitWords(language)]).then(
      ([, kit]) => {
        if (wanted) setWords({ language, kit })
      },
      () => setSilent(true),
    )
    return () => {
      wanted = false
    }
  }, [language])
  const theme = useMemo(() => themeOf(mode), [mode])
  const csp = useMemo(() => ({ nonce }), [])
  if (!words) return silent ? <Speechless /> : <Starting />
  return (
    <ConfigProvider
      theme={theme}
      csp={csp}
      locale={words.kit as never}
      componentSize="middle"
      form={{ requiredMark: 'optional' }}
      button={{ autoInsertSpace: false }}
    >
      <Kit>
        <Guard>
          <Cached />
        </Guard>
      </Kit>
    </ConfigProvider>
  )
}

function Cached() {
  const { message } = Kit.useApp()
  const sentence = useSentence()
  useEffect(() => {
    tellBy((failure) => void message.error(sentence(failure).title))
  })
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}
