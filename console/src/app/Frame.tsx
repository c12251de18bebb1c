/** The frame around every screen: rail, top bar, and what floats above (search, tray, keys). */
import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons'
import { Button, Layout, Menu, type MenuProps } from 'antd'
import { Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Outlet, useLocation, useNavigation } from 'react-router'
import { Keys } from '@/ui/Keys'
import { PageSkeleton } from '@/ui/states'
import { type Area, areasFor } from './areas'
import { HeldBack } from './HeldBack'
import { Overriding } from './Overriding'
import { Person } from './Person'
import { Search } from './Search'
import { useSession } from './session'
import { Tray } from './Tray'
import { Workspace } from './Workspace'

/** A small window, such as a usual one at 200 %: the rail begins folded, whatever was chosen for a large one. */
const SMALL = window.matchMedia('(max-width: 1000px)')

function folded(): boolean {
  return SMALL.matches || localStorage.getItem('rail') === 'narrow'
}

export function Frame() {
  const { t } = useTranslation()
  const { can } = useSession()
  const { pathname } = useLocation()
  // The code of the next screen is on its way, which a slow network makes long.
  const going = useNavigation().state !== 'idle'
  const [narrow, setNarrow] = useState(folded)
  const areas = useMemo(() => areasFor(can), [can])
  const here = placeOf(pathname, areas)
  const place = here?.inner ?? here?.area

  useEffect(() => {
    document.title = place === undefined ? 'Consilium' : `${t(`frame.areas.${wordOf(place)}`)} · Consilium`
  }, [place, t])

  useEffect(() => {
    const changed = () => setNarrow(folded())
    SMALL.addEventListener('change', changed)
    return () => SMALL.removeEventListener('change', changed)
  }, [])
  const fold = () => {
    if (!SMALL.matches) localStorage.setItem('rail', narrow ? 'wide' : 'narrow')
    setNarrow(!narrow)
  }
  return (
    <Layout className="frame">
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <Layout.Sider
        role="presentation"
        className="rail"
        width={208}
        collapsedWidth={56}
        collapsed={narrow}
        trigger={null}
      >
        <nav aria-label={t('frame.rail')}>
          <Link to="/" className="brand">
            <img src="/icon.svg" alt={narrow ? 'Consilium' : ''} width={24} height={24} />
            {narrow ? null : <span>Consilium</span>}
          </Link>
          <Menu
            mode="inline"
            inlineIndent={16}
            items={areas.map((area) => itemOf(area, t))}
            selectedKeys={place === undefined ? [] : [place]}
            defaultOpenKeys={narrow || !here ? [] : [`${here.area}/`]}
          />
        </nav>
        <Button
          className="fold"
          type="text"
          onClick={fold}
          icon={narrow ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          aria-label={t(narrow ? 'frame.unfold' : 'frame.fold')}
        />
      </Layout.Sider>
      <Layout>
        <Layout.Header className="bar">
          <Workspace />
          <div className="bar-middle">
            <Search />
          </div>
          <Tray />
          <Person />
        </Layout.Header>
        <HeldBack />
        <Layout.Content id="main" className="content" tabIndex={-1} role="main" aria-busy={going}>
          {going ? <div className="going" role="progressbar" aria-label={t('states.loading')} /> : null}
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </Layout.Content>
      </Layout>
      <Keys />
      <Overriding />
    </Layout>
  )
}

type Word = (key: string) => string
type Item = NonNullable<MenuProps['items']>[number]

function wordOf(key: string): string {
  return key === '' ? 'today' : key.replace('/', '-')
}

function itemOf(area: Area, t: Word): Item {
  const title = t(`frame.areas.${wordOf(area.key)}`)
  if (area.below && area.below.length > 1) {
    return { key: `${area.key}/`, icon: area.icon, label: title, children: area.below.map((each) => itemOf(each, t)) }
  }
  const key = area.below?.[0]?.key ?? area.key
  return { key, icon: area.icon, label: <Link to={`/${key}`}>{title}</Link> }
}

/** Return the area that an address lies in, and which one inside of it. */
function placeOf(path: string, areas: readonly Area[]): { area: string; inner?: string } | null {
  const bare = path.replace(/^\//, '')
  for (const { key, below = [] } of areas) {
    const inner = below.filter((each) => lies(bare, each.key)).at(-1)?.key
    if (inner !== undefined || (key === '' ? bare === '' : lies(bare, key))) return { area: key, inner }
  }
  return null
}

function lies(path: string, key: string): boolean {
  return path === key || path.startsWith(`${key}/`)
}
