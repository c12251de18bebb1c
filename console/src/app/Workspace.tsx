/** The base that this tab works in. */
import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useDoing } from '@/ui/doing'
import { useWorkspaceTitle } from '@/ui/terms'
import { useSession } from './session'

export function Workspace() {
  const { t } = useTranslation()
  const { me, workspace, choose } = useSession()
  const navigate = useNavigate()
  const title = useWorkspaceTitle()
  const { go } = useDoing()
  if (me.workspaces.length < 2)
    return (
      <strong className="workspace">
        <bdi>{title(workspace)}</bdi>
      </strong>
    )
  const items = me.workspaces.map((key) => ({ key, label: <bdi>{title(key)}</bdi> }))
  const chosen = ({ key }: { key: string }) =>
    go(async () => {
      await choose(key)
      // What is on the screen may not exist there.
      void navigate('/')
    })
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: (place) => void chosen(place), selectedKeys: [workspace] }}>
      <Button type="text" className="workspace" aria-label={t('frame.workspace', { name: title(workspace) })}>
        <bdi>{title(workspace)}</bdi> <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  )
}
