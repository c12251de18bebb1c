/** Contrast by WCAG 2.2, and how far apart the colours of charts lie for every colour vision. */
import { describe, expect, it } from 'vitest'
import { type Mode, OUTCOMES, palette, SERIES, themeOf } from './theme'

type Three = [number, number, number]

function linear(hex: string): Three {
  const part = (from: number) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

const times = (matrix: readonly Three[], [a, b, c]: Three): Three =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as Three

function contrast(one: string, other: string): number {
  const light = (hex: string) => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0] + 0.05
  const [a, b] = [light(one), light(other)]
  return Math.max(a, b) / Math.min(a, b)
}

/** Machado, Oliveira and Fernandes (2009), severity 1. */
const VISIONS: Record<string, readonly Three[]> = {
  whole: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Oklab (Ottosson 2020): a difference of 0.02 is just seen, of 0.1 is seen at a glance. */
function oklab(rgb: Three): Three {
  const clipped = rgb.map((part) => Math.min(1, Math.max(0, part))) as Three
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    clipped,
  ).map(Math.cbrt) as Three
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  )
}

const MODES: readonly Mode[] = ['light', 'dark']

describe.each(MODES)('%s', (mode) => {
  const { ink, soft, act, good, warn, bad, page, paper, raised, rail } = palette(mode)
  const token = themeOf(mode).token ?? {}
  const texts = { ink, soft, act, good, warn, bad, ...OUTCOMES[mode] }
  const grounds = { page, paper, raised, rail }

  it.each(Object.entries(grounds))('text reads on %s', (_name, ground) => {
    const poor = Object.entries(texts).filter(([, text]) => contrast(text, ground) < 4.5)
    expect(poor).toEqual([])
  })

  it('text reads on buttons and in empty fields', () => {
    const solid = token.colorTextLightSolid ?? ''
    for (const ground of [act, bad]) expect(contrast(solid, ground)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(token.colorTextPlaceholder ?? '', paper)).toBeGreaterThanOrEqual(4.5)
  })

  it('what is drawn stands out from its paper', () => {
    const drawn = [...SERIES[mode], ...Object.values(OUTCOMES[mode]), act]
    expect(drawn.filter((colour) => contrast(colour, paper) < 3)).toEqual([])
  })

  it.each(Object.keys(VISIONS))('series differ at a glance in %s vision', (vision) => {
    const seen = SERIES[mode].map((colour) => oklab(times(VISIONS[vision] ?? [], linear(colour))))
    const gaps = seen.flatMap((one, place) =>
      seen.slice(place + 1).map((other) => Math.hypot(...one.map((part, axis) => part - (other[axis] ?? 0)))),
    )
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.1)
  })
})
