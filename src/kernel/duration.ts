import { z } from 'zod'

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `500ms`, `30s`, `5m`, `4h`, `8d` in milliseconds; undefined for anything else, zero included. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text)
  const ms = match ? Math.round(Number(match[1]) * units[match[2]!]!) : 0
  return ms > 0 ? ms : undefined
}

/** `412ms`, `3.2s`, `5m`, `4h`: the shortest text that a person reads at a glance. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))}s`
  if (ms < 3_600_000) return `${Number((ms / 60_000).toFixed(1))}m`
  return `${Number((ms / 3_600_000).toFixed(1))}h`
}

const text = 'a duration with its unit, such as "500ms", "30s" or "5m"'

/** A duration in a file, as text; the code turns it into milliseconds with `parseDuration`. */
export const durationSchema = z
  .string({ error: `expected ${text}` })
  .refine((value) => parseDuration(value) !== undefined, { error: `expected ${text}` })
  .meta({ description: `${text[0]!.toUpperCase()}${text.slice(1)}`, pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$' })
