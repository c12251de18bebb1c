/**
 * Styles that the kit writes while it runs: a few of them (the lock of scrolling below a dialog) do not ask for the
 * page's nonce. They get it here, so that the policy needs no 'unsafe-inline'.
 */
export const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? ''

const create = document.createElement.bind(document)

document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const made = create(name, options)
  if (name === 'style') made.nonce = nonce
  return made
}) as typeof document.createElement
