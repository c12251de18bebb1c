import { describe, expect, it } from 'vitest'
import { LARGEST, shownAt, unfit } from './pictures'

describe('a picture', () => {
  it('is one of four kinds and a megabyte at most', () => {
    expect(unfit({ type: 'image/png', size: LARGEST })).toBeNull()
    expect(unfit({ type: 'image/svg+xml', size: 1 })).toBe('type')
    expect(unfit({ type: 'image/jpeg', size: LARGEST + 1 })).toBe('size')
  })

  it('of ours is shown by this origin, another where it lies, and none that a reader alone has', () => {
    const own = `/i/${'0a'.repeat(16)}`
    expect(shownAt(`http://letters.example:8443${own}`)).toBe(own)
    expect(shownAt('https://clinic.example/logo.png')).toBe('https://clinic.example/logo.png')
    expect(shownAt('https://clinic.example/{{ city }}.png')).toBe('')
    expect(shownAt('javascript:alert(1)')).toBe('')
  })
})
