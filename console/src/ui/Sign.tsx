/** Signs that stand in thousands of rows: plain drawings, since a row pays for each component that it holds. */
const DRAWN = {
  wrong:
    'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0Zm3.1 9.9-1.2 1.2L8 9.2l-1.9 1.9-1.2-1.2L6.8 8 4.9 6.1l1.2-1.2L8 6.8l1.9-1.9 1.2 1.2L9.2 8l1.9 1.9Z',
  doubt:
    'M8.7 1.3a.8.8 0 0 0-1.4 0L.4 13.6a.8.8 0 0 0 .7 1.1h13.8a.8.8 0 0 0 .7-1.1L8.7 1.3ZM8.7 6v4H7.3V6h1.4ZM8 12.9a.9.9 0 1 1 0-1.8.9.9 0 0 1 0 1.8Z',
  mended: 'M5.9 13 1 8l1.2-1.2 3.7 3.8L13.8 2.6 15 3.8 5.9 13Z',
  good: 'M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0Zm0 14.7A6.7 6.7 0 1 1 8 1.3a6.7 6.7 0 0 1 0 13.4ZM7.1 11 4.3 8.2l1-1 1.8 1.8 3.7-3.8 1 1L7.1 11Z',
} as const

/** What a sign says is beside it, or is its `word`. */
export function Sign({ of, word }: { of: keyof typeof DRAWN; word?: string }) {
  const drawn = <path fill="currentColor" fillRule="evenodd" d={DRAWN[of]} />
  const frame = { className: 'sign', viewBox: '0 0 16 16', width: 12, height: 12 }
  return word === undefined ? (
    <svg aria-hidden="true" {...frame}>
      {drawn}
    </svg>
  ) : (
    <svg role="img" aria-label={word} {...frame}>
      {drawn}
    </svg>
  )
}
