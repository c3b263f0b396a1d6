import { type ExitCode, exitCodes } from '../kernel/exit.ts'
import type { Scheduler } from './scheduler.ts'

/** Why work was stopped; the reason of every abort signal of the engine. */
export interface Stop {
  kind: 'interrupted' | 'timeout'
  text: string
  /** Of an interruption: 130 for Ctrl-C, 143 for SIGTERM. */
  exitCode?: ExitCode
}

export interface Span {
  signal: AbortSignal
  /** Ends the watch; must be called, or the timer keeps the process alive. */
  end(): void
}

/** A stretch of work that ends when its time is over or the stretch around it is stopped. */
export function openSpan(outer: AbortSignal, ms: number, text: string, scheduler: Scheduler): Span {
  const controller = new AbortController()
  const pass = () => controller.abort(stopOf(outer))
  const cancel = scheduler.after(ms, () => controller.abort({ kind: 'timeout', text } satisfies Stop))
  if (outer.aborted) pass()
  else outer.addEventListener('abort', pass)
  return {
    signal: controller.signal,
    end() {
      cancel()
      outer.removeEventListener('abort', pass)
    },
  }
}

/** Why a signal was aborted; a signal from outside the engine means that someone pressed Ctrl-C. */
export function stopOf({ reason }: AbortSignal): Stop {
  const kind = (reason as Partial<Stop> | undefined)?.kind
  return kind === 'timeout' || kind === 'interrupted' ? (reason as Stop) : { kind: 'interrupted', text: 'interrupted' }
}

/** How the process ends that was interrupted. */
export const interruptedCode = (signal: AbortSignal): ExitCode => stopOf(signal).exitCode ?? exitCodes.interrupted
