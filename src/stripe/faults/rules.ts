import type { FaultRule } from './rule.ts'

interface Kept {
  rule: FaultRule
  matches: RegExp
  /** Requests that matched so far. */
  seen: number
  /** Requests it happened to. */
  met: number
}

/** The faults of one account: each counts the requests it is about, so that which of them go wrong never depends on chance. */
export class FaultRules {
  private kept: Kept[] = []
  private stop = new AbortController()

  /** Aborts when the rules are cleared: what hangs is let go. */
  get cleared(): AbortSignal {
    return this.stop.signal
  }

  add(rule: FaultRule): void {
    this.kept.push({ rule, matches: callPattern(rule.on), seen: 0, met: 0 })
  }

  clear(): void {
    this.kept = []
    this.stop.abort()
    this.stop = new AbortController()
  }

  /** The rules in the order they were given, with how often each was looked at and happened. */
  list(): (FaultRule & { seen: number; met: number })[] {
    return this.kept.map(({ rule, seen, met }) => ({ ...rule, seen, met }))
  }

  /** What happens to this request; every rule that is about it counts it, the first whose turn it is happens. */
  take(method: string, path: string): string | undefined {
    if (this.kept.length === 0) return undefined
    const call = `${method} ${path}`
    let chosen: string | undefined
    for (const kept of this.kept) {
      if (!kept.matches.test(call)) continue
      const turn = ++kept.seen - kept.rule.nth
      if (chosen !== undefined || turn < 0 || turn >= (kept.rule.times ?? Number.POSITIVE_INFINITY)) continue
      kept.met++
      chosen = kept.rule.then
    }
    return chosen
  }
}

/** `POST /v1/refunds/{id}` and `* /v1/customers*`: a name in braces is one segment, a star anything. */
export function callPattern(on: string): RegExp {
  const source = on
    .split(/(\{[^}/]*\}|\*)/)
    .map((part) => (part === '*' ? '.*' : part.startsWith('{') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${source.join('')}$`)
}
