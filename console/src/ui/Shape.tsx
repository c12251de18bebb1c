/** Bars in the shape of what comes; a screen reader hears only that it is busy. */
const WIDTHS = [72, 94, 83, 100, 64, 88]

export function Shape({ rows = 6, title }: { rows?: number; title?: number }) {
  return (
    <div className="shape-bars" aria-busy="true" aria-hidden>
      {title ? <i className="shape-title" style={{ width: title }} /> : null}
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <i key={row} style={{ width: `${WIDTHS[row % WIDTHS.length]}%` }} />
      ))}
    </div>
  )
}
