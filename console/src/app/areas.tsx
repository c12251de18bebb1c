/** The left rail: areas of work, each with the action without which it is absent. */
import {
  DatabaseOutlined,
  HomeOutlined,
  MailOutlined,
  PartitionOutlined,
  SettingOutlined,
  TeamOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

export interface Area {
  /** First part of its addresses; empty for the front page. */
  key: string
  icon?: ReactNode
  /** Any of these opens it; none is for everybody. */
  actions: readonly string[]
  below?: readonly Area[]
}

export const AREAS: readonly Area[] = [
  { key: '', icon: <HomeOutlined />, actions: [] },
  { key: 'clients', icon: <TeamOutlined />, actions: ['profiles.read'] },
  { key: 'segments', icon: <PartitionOutlined />, actions: ['segments.read'] },
  {
    key: 'campaigns',
    icon: <MailOutlined />,
    actions: ['campaigns.read'],
    below: [
      { key: 'campaigns', actions: ['campaigns.read'] },
      { key: 'letters', actions: ['templates.read'] },
    ],
  },
  {
    key: 'base',
    icon: <DatabaseOutlined />,
    actions: ['imports.read', 'profiles.merge', 'dictionaries.read'],
    below: [
      { key: 'base/imports', actions: ['imports.read'] },
      { key: 'base/doubles', actions: ['profiles.merge'] },
      { key: 'base/dictionaries', actions: ['dictionaries.read'] },
    ],
  },
  { key: 'settings', icon: <SettingOutlined />, actions: [] },
]

/** Return what a role sees of the rail. */
export function areasFor(can: (action: string) => boolean, areas: readonly Area[] = AREAS): Area[] {
  return areas
    .filter((area) => area.actions.length === 0 || area.actions.some(can))
    .map((area) => (area.below ? { ...area, below: areasFor(can, area.below) } : area))
}

/** Return the list that an address stands under, without its leading slash; empty for the front page. */
export function listOf(path: string): string {
  const keys = AREAS.flatMap(({ key, below }) => below?.map((each) => each.key) ?? [key])
  return keys.find((key) => key && path.startsWith(`/${key}/`)) ?? ''
}
