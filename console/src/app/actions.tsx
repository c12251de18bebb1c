/** What one may begin from anywhere: the search offers it, and the front page too. */
import { MailOutlined, PartitionOutlined, UploadOutlined, UserAddOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'

export interface Action {
  key: string
  icon: ReactNode
  to: string
  /** The action of the role without which it is absent. */
  needs: string
}

const ACTIONS: readonly Action[] = [
  { key: 'import', icon: <UploadOutlined />, to: '/base/imports/new', needs: 'imports.edit' },
  { key: 'client', icon: <UserAddOutlined />, to: '/clients?new=1', needs: 'profiles.edit' },
  { key: 'segment', icon: <PartitionOutlined />, to: '/segments/new', needs: 'segments.edit' },
  { key: 'campaign', icon: <MailOutlined />, to: '/campaigns/new', needs: 'campaigns.edit' },
]

/** Return what a role may begin. */
export function actionsFor(can: (action: string) => boolean): Action[] {
  return ACTIONS.filter((action) => can(action.needs))
}
