/** The same thing in light and in dark, side by side. */
import { ConfigProvider } from 'antd'
import { type CSSProperties, type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Mode, OUTCOMES, palette, themeOf } from '@/theme'

/** Return the variables that the frame's sheet paints with. */
function variables(mode: Mode): CSSProperties {
  const named = (prefix: string, colours: Record<string, string>) =>
    Object.entries(colours).map(([name, colour]) => [`--${prefix}${name}`, colour])
  return Object.fromEntries([...named('', palette(mode)), ...named('outcome-', OUTCOMES[mode])]) as CSSProperties
}

function Painted({ mode, children }: { mode: Mode; children: ReactNode }) {
  const { t } = useTranslation()
  const theme = useMemo(() => themeOf(mode), [mode])
  return (
    <ConfigProvider theme={theme}>
      <section
        className="painted"
        style={{ ...variables(mode), colorScheme: mode }}
        aria-label={t(`frame.shade.${mode}`)}
      >
        {children}
      </section>
    </ConfigProvider>
  )
}

export function Both({ children }: { children: (mode: Mode) => ReactNode }) {
  return (
    <div className="both">
      <Painted mode="light">{children('light')}</Painted>
      <Painted mode="dark">{children('dark')}</Painted>
    </div>
  )
}
