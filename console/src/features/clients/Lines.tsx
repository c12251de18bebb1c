import { Skeleton } from 'antd'

/** The shape of a part of a card that is being loaded. */
export function Lines({ rows = 4 }: { rows?: number }) {
  return (
    <div className="paper" aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}
