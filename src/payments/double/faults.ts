import { callPattern } from '../../stripe/faults/rules.ts'
import { isAbout } from './calls.ts'
import type { ArmedFault, FaultEffect, FaultScript, ProviderCall } from './types.ts'

/** A provider that limits rates does so for longer than a client retries at once. */
const lastingRefusals = 6

interface Armed {
  script: FaultScript
  pattern: RegExp
  seen: number
  met: number
  disarmed: AbortController
}

/** What happens to a call, and the signal that lets go what hangs. */
export interface Suffered {
  effect: FaultEffect
  disarmed: AbortSignal
}

/** The faults of one provider: each counts the calls it is about, so which of them go wrong never depends on chance. */
export class FaultScripts {
  private readonly armed = new Set<Armed>()

  arm(script: FaultScript): ArmedFault {
    const armed: Armed = {
      script,
      pattern: callPattern(script.on),
      seen: 0,
      met: 0,
      disarmed: new AbortController(),
    }
    this.armed.add(armed)
    return {
      script,
      get met() {
        return armed.met
      },
      disarm: () => this.remove(armed),
    }
  }

  clear(): void {
    for (const armed of this.armed) this.remove(armed)
  }

  /** Every script that is about the call counts it; the first whose turn it is happens. */
  take(call: ProviderCall): Suffered | undefined {
    let taken: Suffered | undefined
    for (const armed of this.armed) {
      const { script, pattern, disarmed } = armed
      if (!pattern.test(`${call.method} ${call.path}`)) continue
      if (script.about !== undefined && !isAbout(call, script.about)) continue
      const turn = ++armed.seen - (script.nth ?? 1)
      if (taken || turn < 0 || turn >= timesOf(script)) continue
      armed.met++
      taken = { effect: script.then, disarmed: disarmed.signal }
    }
    return taken
  }

  private remove(armed: Armed): void {
    this.armed.delete(armed)
    armed.disarmed.abort()
  }
}

function timesOf({ times, then }: FaultScript): number {
  if (times === 'always') return Number.POSITIVE_INFINITY
  return times ?? (then === '429' ? lastingRefusals : 1)
}
