/** Code that did not come when it was asked for: a newer console was put there meanwhile, or the network is away. */
const late = new WeakSet<object>()

window.addEventListener('vite:preloadError', (event) => late.add(event.payload))

/** Return whether a failure is such code; only loading the page anew helps. */
export function isLate(failure: unknown): boolean {
  return typeof failure === 'object' && failure !== null && late.has(failure)
}
