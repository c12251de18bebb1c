/**
 * Every colour, radius, space and size of type. A component that needs a colour of its own is a mistake.
 *
 * Colours of what became of a message are fixed everywhere (`OUTCOMES`), and never stand without a word or an icon.
 */
import type { MappingAlgorithm, ThemeConfig } from 'antd'
import darkAlgorithm from 'antd/es/theme/themes/dark'
import defaultAlgorithm from 'antd/es/theme/themes/default'

export type Mode = 'light' | 'dark'

/** What became of a message, beside its state `held` and its marks. */
export type Outcome =
  | 'delivered'
  | 'bounced'
  | 'failed'
  | 'stopped'
  | 'unconfirmed'
  | 'held'
  | 'opened'
  | 'clicked'
  | 'pending'

export const OUTCOMES: Record<Mode, Record<Outcome, string>> = {
  light: {
    delivered: '#0b7a55',
    bounced: '#b8430f',
    failed: '#96305f',
    stopped: '#7a6200',
    unconfirmed: '#566173',
    held: '#2a66a8',
    opened: '#1f6f8b',
    clicked: '#5746a3',
    pending: '#636c7b',
  },
  dark: {
    delivered: '#3fc08f',
    bounced: '#f08a55',
    failed: '#dd82ad',
    stopped: '#d1b043',
    unconfirmed: '#a0abbc',
    held: '#72aee6',
    opened: '#62b8d6',
    clicked: '#a898f0',
    pending: '#929cab',
  },
}

/**
 * Colours of series, in the order in which charts take them: hues of Okabe and Ito, set apart in lightness, so that any
 * two differ for every colour vision (`theme.test.ts` measures it). Who needs a seventh has too many lines.
 */
export const SERIES: Record<Mode, readonly string[]> = {
  light: ['#0f6f73', '#d9620a', '#2b2f8c', '#9563cd', '#6b3d00', '#55103c'],
  dark: ['#4cb8bc', '#f2a65a', '#5f74e0', '#f1ea86', '#a0618c', '#d4571f'],
}

const PALETTE = {
  light: {
    act: '#0f6f73',
    ink: '#16202b',
    soft: '#566173',
    page: '#f4f6f8',
    paper: '#ffffff',
    raised: '#ffffff',
    line: '#dde2e8',
    rail: '#eef2f4',
    good: '#0b7a55',
    warn: '#9a5b00',
    bad: '#b3261e',
    mend: '#2a66a8',
  },
  dark: {
    act: '#4cb8bc',
    ink: '#e7ecf1',
    soft: '#a0abbc',
    page: '#10161d',
    paper: '#18202a',
    raised: '#202a36',
    line: '#303c4a',
    rail: '#131b23',
    good: '#3fc08f',
    warn: '#e0a94a',
    bad: '#f28b82',
    mend: '#72aee6',
  },
} as const

/** Colours by what they mean, for the few places that paint by hand: charts and the frame. */
export function palette(mode: Mode): (typeof PALETTE)[Mode] {
  return PALETTE[mode]
}

/** Space in pixels: the 8-pixel grid and its half. */
export const SPACE = { half: 4, one: 8, two: 16, three: 24, four: 32 } as const

/** Keep our colours as they are named: the kit would mix them anew and muddily, and contrast was measured on ours. */
function ours(mode: Mode): MappingAlgorithm {
  const { act, good, warn, bad, ink, paper } = PALETTE[mode]
  const tint = mode === 'dark' ? 0.14 : 0.07
  const kinds = { Primary: act, Info: act, Success: good, Warning: warn, Error: bad }
  const named = Object.entries(kinds).flatMap(([kind, colour]) => [
    [`color${kind}`, colour],
    [`color${kind}Text`, colour],
    [`color${kind}TextHover`, mixed(colour, ink, 0.2)],
    [`color${kind}Hover`, mixed(colour, ink, 0.2)],
    [`color${kind}Active`, mixed(colour, ink, 0.2)],
    [`color${kind}Bg`, mixed(paper, colour, tint)],
    [`color${kind}BgHover`, mixed(paper, colour, tint * 1.6)],
    [`color${kind}Border`, mixed(paper, colour, 0.4)],
    [`color${kind}BorderHover`, mixed(paper, colour, 0.6)],
  ])
  const links = { colorLink: act, colorLinkHover: mixed(act, ink, 0.2), colorLinkActive: mixed(act, ink, 0.2) }
  return (_seed, map) => ({ ...map, ...Object.fromEntries(named), ...links }) as ReturnType<MappingAlgorithm>
}

/** Return a colour with some of another in it. */
function mixed(colour: string, other: string, share: number): string {
  const part = (hex: string, from: number) => Number.parseInt(hex.slice(from, from + 2), 16)
  const mix = (from: number) => Math.round(part(colour, from) * (1 - share) + part(other, from) * share)
  return `#${[1, 3, 5].map((from) => mix(from).toString(16).padStart(2, '0')).join('')}`
}

/** Return Ant Design's theme for a mode. */
export function themeOf(mode: Mode): ThemeConfig {
  const colours = PALETTE[mode]
  return {
    algorithm: [mode === 'dark' ? darkAlgorithm : defaultAlgorithm, ours(mode)],
    // Both may be on one page: the gallery shows them side by side.
    cssVar: { key: `consilium-${mode}` },
    hashed: false,
    token: {
      colorPrimary: colours.act,
      colorInfo: colours.act,
      colorLink: colours.act,
      colorSuccess: colours.good,
      colorWarning: colours.warn,
      colorError: colours.bad,
      colorText: colours.ink,
      colorTextSecondary: colours.soft,
      colorTextTertiary: colours.soft,
      colorTextDescription: colours.soft,
      colorTextPlaceholder: mode === 'dark' ? '#8e99aa' : '#667085',
      colorBgLayout: colours.page,
      colorBgContainer: colours.paper,
      colorBgElevated: colours.raised,
      colorBorder: mode === 'dark' ? '#4a586a' : '#b9c2cd',
      colorBorderSecondary: colours.line,
      colorTextLightSolid: mode === 'dark' ? '#0b1218' : '#ffffff',
      borderRadius: 6,
      borderRadiusLG: 8,
      borderRadiusSM: 4,
      fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
      fontSize: 14,
      fontWeightStrong: 600,
      controlHeight: 32,
      sizeUnit: 4,
      sizeStep: 4,
      wireframe: false,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.18s',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Layout: {
        headerBg: colours.paper,
        siderBg: colours.rail,
        bodyBg: colours.page,
        headerHeight: 48,
        headerPadding: '0 16px',
      },
      Menu: {
        itemSelectedColor: colours.ink,
        itemSelectedBg: mode === 'dark' ? '#22303d' : '#d9e6e8',
        itemBg: 'transparent',
        subMenuItemBg: 'transparent',
        itemHeight: 34,
        itemMarginBlock: 2,
      },
      Table: {
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 10,
        headerBg: colours.paper,
        headerSplitColor: 'transparent',
      },
      Tabs: { horizontalItemPadding: '8px 0', horizontalItemGutter: 22, horizontalMargin: '0 0 12px 0' },
      Card: { bodyPadding: 16, bodyPaddingSM: 12 },
      Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
    },
  }
}
