/** The page's own shape while it is not known who is here. Plain: the kit is not set up yet. */
export function Starting() {
  return (
    <div className="starting" aria-busy="true">
      <i />
      <i />
      <i />
    </div>
  )
}
