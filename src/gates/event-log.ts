import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { Clock } from '../kernel/clock.ts'
import type { RunEvent } from './events.ts'

/** Appends events to a file, one JSON line each, as they happen: what a killed run leaves is whole up to its last line. */
export function openEventLog(path: string, clock: Clock): { write(event: RunEvent): void; close(): Promise<void> } {
  let file: number | undefined = openSync(path, 'a')
  let failure: unknown
  return {
    write(event) {
      if (file === undefined || failure !== undefined) return
      try {
        writeSync(file, `${JSON.stringify({ at: new Date(clock.now()).toISOString(), ...event })}\n`)
      } catch (error) {
        failure = error
      }
    },
    /** Throws when a line could not be written: a log with a hole must not be published as whole. */
    async close() {
      if (file === undefined) return
      const open = file
      file = undefined
      try {
        if (failure === undefined) fsyncSync(open)
      } finally {
        closeSync(open)
      }
      if (failure !== undefined) throw failure
    },
  }
}
