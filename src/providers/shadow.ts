import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../kernel/clock.ts'

/** One answer of the provider in charge beside what the other one said; a line of the samples file that a `shadow` check reads. */
export interface ShadowSample {
  /** `stripe.checkout`, `notify.send` … */
  operation: string
  baseline: unknown
  candidate: unknown
  /** ISO time. */
  at: string
}

export interface ShadowLog {
  path: string
  /** Keeps one sample. Never throws: a shadow must not disturb what it shadows. */
  record(operation: string, baseline: unknown, candidate: unknown): Promise<void>
  /** Samples kept by this process. */
  count(): number
}

/** A samples file in JSON lines, appended to; short lines written with O_APPEND do not mix even between processes. */
export function createShadowLog(path: string, clock: Clock): ShadowLog {
  let samples = 0
  return {
    path,
    count: () => samples,
    async record(operation, baseline, candidate) {
      const sample: ShadowSample = { operation, baseline, candidate, at: new Date(clock.now()).toISOString() }
      try {
        await mkdir(dirname(path), { recursive: true })
        await appendFile(path, `${JSON.stringify(sample)}\n`)
        samples++
      } catch {
        // Not recorded and not counted: the check then has fewer samples than it asks for and says so.
      }
    },
  }
}
