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

/** What stands there when not even words could be loaded: said in both languages that everybody here reads one of. */
export function Speechless() {
  return (
    <div className="starting" role="alert">
      <p lang="ru">Консоль не загрузилась. Проверьте связь и обновите страницу.</p>
      <p lang="en">The console could not be loaded. Check the network and reload the page.</p>
      <button type="button" onClick={() => window.location.reload()}>
        Обновить · Reload
      </button>
    </div>
  )
}
