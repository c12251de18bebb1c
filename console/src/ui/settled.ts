import { useEffect, useState } from 'react'

/** Return a value once it has not changed for a while, so that typing asks the server once a word. */
export function useSettled<T>(value: T, milliseconds = 200): T {
  const [settled, settle] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => settle(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
