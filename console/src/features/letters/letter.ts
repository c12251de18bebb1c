/** A letter as it is being written: blocks with a name of their own, so that the screen follows them when they move. */
import type { LetterContent, Block as WireBlock } from '@/api/schema'

export const KINDS = ['heading', 'text', 'button', 'image', 'divider', 'footer'] as const
export type Kind = (typeof KINDS)[number]

export interface Block {
  /** Of this screen only. */
  key: string
  kind: Kind
  text: string
  address: string
  image: string
  level: number
  width: number
}

export interface Letter {
  name: string
  subject: string
  preheader: string
  from_name: string
  language: string
  fallbacks: Readonly<Record<string, string>>
  blocks: readonly Block[]
  /** MJML of a letter that was not built of blocks; empty for others. */
  source: string
}

export function blockOf(kind: Kind, fields: Partial<WireBlock> = {}): Block {
  return {
    key: crypto.randomUUID(),
    kind,
    text: fields.text ?? '',
    address: fields.address ?? '',
    image: fields.image ?? '',
    level: fields.level || (kind === 'heading' ? 1 : 0),
    width: fields.width ?? 0,
  }
}

/** Read what the server holds. */
export function letterOf(name: string, content: LetterContent | null | undefined): Letter {
  const blocks = (content?.blocks ?? []).map((block) => blockOf(block.kind, block))
  return {
    name,
    subject: content?.subject ?? '',
    preheader: content?.preheader ?? '',
    from_name: content?.from_name ?? '',
    language: content?.language || 'ru',
    fallbacks: content?.fallbacks ?? {},
    blocks,
    source: blocks.length ? '' : (content?.body ?? ''),
  }
}

/** Write what the server is to hold; the body is made there. */
export function contentOf(letter: Letter): LetterContent {
  const { subject, preheader, from_name, language, source } = letter
  const used = new Set(variablesIn(letter))
  const fallbacks = Object.fromEntries(
    Object.entries(letter.fallbacks).filter(([name, text]) => text && used.has(name)),
  )
  const rest = { subject, preheader, from_name, language, fallbacks }
  if (source) return { ...rest, body: source }
  return { ...rest, blocks: letter.blocks.map(wireOf) }
}

function wireOf({ kind, text, address, image, level, width }: Block): WireBlock {
  if (kind === 'divider') return { kind }
  if (kind === 'heading') return { kind, text, level }
  if (kind === 'button') return { kind, text, address }
  if (kind === 'image') return { kind, text, image, address, width }
  return { kind, text }
}

/** Tell whether two contents say the same to a reader. */
export function sameContent(one: LetterContent | null | undefined, other: LetterContent | null | undefined): boolean {
  const bare = (content: LetterContent | null | undefined) => JSON.stringify(contentOf(letterOf('', content)))
  return bare(one) === bare(other)
}

type Blocks = readonly Block[]

/** Put a block in at a place. */
export function added(blocks: Blocks, block: Block, at: number): Blocks {
  return [...blocks.slice(0, at), block, ...blocks.slice(at)]
}

/** Return where what is added goes: behind everything but the footer that ends a letter. */
export function endOf(blocks: Blocks): number {
  return blocks.at(-1)?.kind === 'footer' ? blocks.length - 1 : blocks.length
}

/** Move a block to a place; nothing when there is no such place. */
export function moved(blocks: Blocks, from: number, to: number): Blocks {
  const block = blocks[from]
  if (!block || to < 0 || to >= blocks.length || from === to) return blocks
  const rest = blocks.filter((_, place) => place !== from)
  return added(rest, block, to)
}

export function removed(blocks: Blocks, at: number): Blocks {
  return blocks.filter((_, place) => place !== at)
}

export function duplicated(blocks: Blocks, at: number): Blocks {
  const block = blocks[at]
  return block ? added(blocks, { ...block, key: crypto.randomUUID() }, at + 1) : blocks
}

export function changed(blocks: Blocks, key: string, fields: Partial<Block>): Blocks {
  return blocks.map((block) => (block.key === key ? { ...block, ...fields } : block))
}

const VARIABLE = /\{\{-?\s*([a-z_][a-z0-9_]*)/gi

/** Return the names of variables that a letter holds, each once, in order. */
export function variablesIn(letter: Letter): string[] {
  const texts = [
    letter.subject,
    letter.preheader,
    letter.source,
    ...letter.blocks.flatMap((block) => [block.text, block.address, block.image]),
  ]
  return [...new Set(texts.flatMap((text) => [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '')))]
}

/** A text with a part of it chosen. */
export interface Chosen {
  text: string
  start: number
  end: number
}

/** Put words where the cursor is, instead of what is chosen. */
export function inserted({ text, start, end }: Chosen, words: string): Chosen {
  const place = start + words.length
  return { text: text.slice(0, start) + words + text.slice(end), start: place, end: place }
}

/** Put marks around what is chosen, or take them off when they are there. */
export function marked({ text, start, end }: Chosen, before: string, after: string): Chosen {
  const inside = text.slice(start, end)
  if (text.slice(0, start).endsWith(before) && text.slice(end).startsWith(after)) {
    const from = start - before.length
    return {
      text: text.slice(0, from) + inside + text.slice(end + after.length),
      start: from,
      end: from + inside.length,
    }
  }
  const from = start + before.length
  return {
    text: text.slice(0, start) + before + inside + after + text.slice(end),
    start: from,
    end: from + inside.length,
  }
}

/** Make a list of the lines that are chosen, or plain lines of a list. */
export function listed({ text, start, end }: Chosen): Chosen {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const next = text.indexOf('\n', end)
  const to = next < 0 ? text.length : next
  const lines = text.slice(from, to).split('\n')
  const all = lines.every((line) => line.startsWith('- '))
  const made = lines.map((line) => (all ? line.slice(2) : line.startsWith('- ') ? line : `- ${line}`)).join('\n')
  return { text: text.slice(0, from) + made + text.slice(to), start: from, end: from + made.length }
}
