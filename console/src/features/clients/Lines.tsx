import { Shape } from '@/ui/Shape'

/** The shape of a part of a card that is being loaded. */
export function Lines({ rows = 4 }: { rows?: number }) {
  return (
    <div className="paper">
      <Shape rows={rows} />
    </div>
  )
}
