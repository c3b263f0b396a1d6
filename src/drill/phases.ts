import type { PhaseName, PhaseRecord } from './record.ts'

export type DrillEvent =
  | { kind: 'phase'; name: PhaseName }
  | { kind: 'phase-end'; phase: PhaseRecord }
  | { kind: 'progress'; name: PhaseName; done: number; total: number; unit: 'bytes' | 'rows' }
  | { kind: 'line'; text: string }

/** What was done of a phase while another one ran: when it began, by the clock, and the milliseconds it has taken so far. */
export interface Begun {
  at: number
  ms: number
}

export interface Phases {
  records: PhaseRecord[]
  /** Runs and times one phase; what it returns as `note` is its line in the table. Of several runs of one phase the times add up. */
  run<T>(name: PhaseName, work: (note: (text: string) => void) => Promise<T>, begun?: Begun): Promise<T>
  /** The phase that an error comes from, though others (cleanup) have run since. */
  stageOf(error: unknown): PhaseName
}

/** `monotonic` is a clock in milliseconds that nobody sets. */
export function createPhases(
  clock: { now(): number },
  monotonic: () => number,
  emit: (event: DrillEvent) => void,
): Phases {
  const records: PhaseRecord[] = []
  let current: PhaseName = 'sweep'
  const origins = new Map<unknown, PhaseName>()
  return {
    records,
    stageOf: (error) => origins.get(error) ?? current,
    async run(name, work, begun) {
      current = name
      emit({ kind: 'phase', name })
      const startedAt = new Date(begun?.at ?? clock.now()).toISOString()
      const start = monotonic() - (begun?.ms ?? 0)
      let note: string | undefined
      const end = (status: PhaseRecord['status']) => {
        const durationMs = Math.round(monotonic() - start)
        const known = records.find((each) => each.name === name)
        const record = known ?? { name, status, startedAt, durationMs: 0 }
        record.durationMs += durationMs
        if (status === 'failed') record.status = status
        if (note !== undefined) record.note = note
        if (!known) records.push(record)
        emit({ kind: 'phase-end', phase: record })
      }
      try {
        const result = await work((text) => {
          note = text
        })
        end('done')
        return result
      } catch (error) {
        end('failed')
        if (!origins.has(error)) origins.set(error, name)
        throw error
      }
    },
  }
}
