/** Who is signed in: language, light or dark, keys, sign-out. */
import { UserOutlined } from '@ant-design/icons'
import { Button, Dropdown, type MenuProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { LANGUAGES, nameOf } from '@/i18n'
import { useDoing } from '@/ui/doing'
import { type Shade, usePreferences } from './preferences'
import { useSession } from './session'

const SHADES: readonly Shade[] = ['light', 'dark', 'system']

export function Person() {
  const { t } = useTranslation()
  const { me, leave } = useSession()
  const { go } = useDoing()
  const { language, shade, speak, paint } = usePreferences()
  const items: MenuProps['items'] = [
    { key: 'roles', type: 'group', label: me.roles.map((role) => t(`frame.roles.${role}`, role)).join(', ') },
    {
      key: 'language',
      label: t('frame.language'),
      children: LANGUAGES.map((each) => ({ key: `language:${each}`, label: <span lang={each}>{nameOf(each)}</span> })),
    },
    {
      key: 'shade',
      label: t('frame.shade.title'),
      children: SHADES.map((each) => ({ key: `shade:${each}`, label: t(`frame.shade.${each}`) })),
    },
    { type: 'divider' },
    { key: 'leave', label: t('frame.leave') },
  ]
  const chosen: MenuProps['onClick'] = ({ key }) => {
    const [what, value] = key.split(':')
    if (what === 'language' && value) speak(value)
    else if (what === 'shade' && value) paint(value as Shade)
    else if (what === 'leave') void go(leave)
  }
  const selected = [`language:${language}`, `shade:${shade}`]
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: chosen, selectedKeys: selected }}>
      <Button type="text" icon={<UserOutlined />} aria-label={t('frame.person')} />
    </Dropdown>
  )
}
