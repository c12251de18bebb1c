/** Files that the browser makes by itself. */

/** Let the reader save something: a blob, or a data address. */
export function saveFile(name: string, content: Blob | string): void {
  const address = typeof content === 'string' ? content : URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  if (typeof content !== 'string') setTimeout(() => URL.revokeObjectURL(address), 1000)
}

/** Return rows as CSV that sheets open as it is: a byte order mark, and no cell that they would take for a formula. */
export function sheetOf(rows: readonly Readonly<Record<string, string | number | null>>[]): string {
  const heads = Object.keys(rows[0] ?? {})
  const cell = (value: string | number | null | undefined) => {
    if (typeof value === 'number') return String(value)
    const text = value ?? ''
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const lines = [heads.map(cell), ...rows.map((row) => heads.map((head) => cell(row[head])))]
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}
