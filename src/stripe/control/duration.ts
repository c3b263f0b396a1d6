import { z } from 'zod'

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Ten years: everything that becomes due on the way happens before the answer comes. */
export const longestMs = 3660 * 86_400_000

/** `500ms`, `5s`, `10m`, `2h`, `45d`, or `1d12h`, as milliseconds; ten years at most. */
export const duration = z.string().transform((text, context) => {
  const ms = parse(text)
  if (ms !== undefined && ms <= longestMs) return ms
  context.addIssue({ code: 'custom', message: `"${text}" is not a duration such as "500ms", "2h" or "1d12h"` })
  return z.NEVER
})

function parse(text: string): number | undefined {
  if (!/^(\d{1,9}(ms|s|m|h|d))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0)
}
