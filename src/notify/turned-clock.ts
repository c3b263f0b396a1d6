import type { Clock } from '../kernel/clock.ts'

/** Another clock with whatever was added by hand; goes forward only. */
export interface TurnedClock extends Clock {
  advance(ms: number): void
}

export function createTurnedClock(clock: Clock): TurnedClock {
  let added = 0
  return {
    now: () => clock.now() + added,
    advance(ms) {
      added += ms
    },
  }
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `500ms`, `5s`, `10m`, `2h`, `1d` in milliseconds; undefined for anything else and for more than a year. */
export function parseDuration(text: unknown): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(String(text)) ?? []
  if (!amount || !unit) return undefined
  const ms = Number(amount) * (units[unit] as number)
  return ms <= 366 * 86_400_000 ? ms : undefined
}
