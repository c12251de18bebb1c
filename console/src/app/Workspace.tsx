/** The base that this tab works in. */
import { DownOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useSession } from './session'

export function Workspace() {
  const { t } = useTranslation()
  const { me, workspace, choose } = useSession()
  const navigate = useNavigate()
  const title = (key: string) => (key === '*' ? t('frame.everything') : key)
  if (me.workspaces.length < 2) return <strong className="workspace">{title(workspace)}</strong>
  const items = me.workspaces.map((key) => ({ key, label: title(key) }))
  const chosen = async ({ key }: { key: string }) => {
    await choose(key)
    // What is on the screen may not exist there.
    void navigate('/')
  }
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: chosen, selectedKeys: [workspace] }}>
      <Button type="text" className="workspace" aria-label={t('frame.workspace', { name: title(workspace) })}>
        {title(workspace)} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  )
}
