/** A button that fetches a file and saves it. */
import { DownloadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { download } from '@/api/download'
import { saveFile } from '@/ui/files'

interface Props {
  address: string
  /** Name of the file on the reader's disk. */
  name: string
  type?: 'link' | 'default'
  children: ReactNode
}

export function Saving({ address, name, type = 'default', children }: Props) {
  const save = useMutation({ mutationFn: async () => saveFile(name, await download(address)) })
  return (
    <Button type={type} icon={<DownloadOutlined />} loading={save.isPending} onClick={() => save.mutate()}>
      {children}
    </Button>
  )
}
