/** Whether a thing holds what was sent to change it. */

/**
 * Return whether every field that was sent stands as it was sent; lists are held whole and in order.
 *
 * A thing may keep what is sent a step deeper: campaigns under `settings`, people's attributes under `value`.
 */
export function holds(sent: unknown, thing: unknown): boolean {
  if (isNothing(sent)) return isNothing(thing)
  if (Array.isArray(sent)) {
    return Array.isArray(thing) && sent.length === thing.length && sent.every((each, at) => holds(each, thing[at]))
  }
  if (typeof sent !== 'object' || sent === null) return sent === thing
  if (typeof thing !== 'object' || thing === null) return false
  const known = thing as Record<string, unknown>
  if (Object.entries(sent).every(([key, value]) => holds(value, known[key]))) return true
  return ['settings', 'value'].some((deeper) => deeper in known && holds(sent, known[deeper]))
}

/** Whether a value says nothing: the server leaves such fields out, or gives them empty. */
function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || value === '' || value === 0 || value === false
}
