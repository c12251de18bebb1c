/** A rule in words: sentences one under another, those inside of a group set in. */
import type { ReactNode } from 'react'

export interface Sentence {
  text: ReactNode
  /** What it breaks into. */
  parts?: readonly Sentence[]
}

export function Sentences({ sentences }: { sentences: readonly Sentence[] }) {
  return (
    <ul className="sentences">
      {sentences.map((each, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no other name than their place
        <li key={place}>
          {each.text}
          {each.parts?.length ? <Sentences sentences={each.parts} /> : null}
        </li>
      ))}
    </ul>
  )
}
