/** The base that this tab works in. */
import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useWorkspaceTitle } from '@/ui/terms'
import { useSession } from './session'

export function Workspace() {
  const { t } = useTranslation()
  const { me, workspace, choose } = useSession()
  const navigate = useNavigate()
  const title = useWorkspaceTitle()
  if (me.workspaces.length < 2)
    return (
      <strong className="workspace">
        <bdi>{title(workspace)}</bdi>
      </strong>
    )
  const items = me.workspaces.map((key) => ({ key, label: <bdi>{title(key)}</bdi> }))
  const chosen = async ({ key }: { key: string }) => {
    await choose(key)
    // What is on the screen may not exist there.
    void navigate('/')
  }
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: chosen, selectedKeys: [workspace] }}>
      <Button type="text" className="workspace" aria-label={t('frame.workspace', { name: title(workspace) })}>
        <bdi>{title(workspace)}</bdi> <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  )
}
