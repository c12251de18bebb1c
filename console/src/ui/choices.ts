/** What every choice of a list does alike. */

function left(event: KeyboardEvent): void {
  const open = event.target instanceof HTMLElement && event.target.matches('.ant-select [aria-expanded="true"]')
  if (event.key === 'Tab' && open) event.stopPropagation()
}

/**
 * Let Tab leave an open choice as it is.
 *
 * The library takes the option that is lit and keeps the focus: a value that nobody chose would get into a rule, and
 * who has only a keyboard would not get out.
 */
export function leaveChoicesByTab(): void {
  window.addEventListener('keydown', left, { capture: true })
}
