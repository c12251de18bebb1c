import { Skeleton } from 'antd'

/** The frame's own shape while it is not known who is here. */
export function Starting() {
  return (
    <div className="starting" aria-busy="true">
      <Skeleton active paragraph={{ rows: 6 }} />
    </div>
  )
}
