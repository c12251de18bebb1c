/** Pictures of letters: what the server keeps, and where it shows them. */

import type { Picture } from '@/api/schema'
import { upload } from '@/api/upload'

export const TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
/** Bytes of one picture at most. */
export const LARGEST = 1 << 20

/** What a file lacks to be a picture of a letter; nothing when it may be sent. */
export function unfit(file: Pick<File, 'type' | 'size'>): 'type' | 'size' | null {
  if (!TYPES.includes(file.type)) return 'type'
  return file.size > LARGEST ? 'size' : null
}

/** Return the first picture or file among what was dropped or pasted. */
export function fileOf(given: DataTransfer | null): File | null {
  return given?.files[0] ?? null
}

const OWN = /\/i\/[0-9a-f]{32}$/
const OUTSIDE = /^https?:\/\//

/**
 * Return where the console itself shows a picture: one of ours by this origin, others where they lie; nothing for what
 * differs from reader to reader or is no address.
 */
export function shownAt(address: string): string {
  if (address.includes('{{') || !OUTSIDE.test(address)) return ''
  return OWN.exec(address)?.[0] ?? address
}

/** Keep a picture; tells how far it is, between 0 and 1. */
export function keep(file: File, told: (part: number) => void, signal: AbortSignal): Promise<Picture> {
  return upload<Picture>('/v1/pictures', file, {
    key: crypto.randomUUID(),
    told: (sent, total) => told(total ? sent / total : 0),
    signal,
  })
}
