import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'

/** The record of the last run in an output folder; none, and one that never finished, are errors with exit code 4. */
export async function readLastRun(qaDir: string): Promise<RunRecord> {
  const text = await readFile(join(qaDir, 'run.json'), 'utf8').catch(() => undefined)
  if (text === undefined) throw incomplete(`nothing has been run in ${qaDir}`, 'gatekit run-all')
  const run = parse(text)
  if (!run?.status) throw incomplete(`${join(qaDir, 'run.json')} is not the record of a run`, 'gatekit run-all')
  if ((run.status as string) === 'RUNNING')
    throw incomplete('the last run has not finished: it still runs, or it was killed', 'gatekit run-all')
  return run
}

function parse(text: string): RunRecord | undefined {
  try {
    return JSON.parse(text) as RunRecord
  } catch {
    return undefined
  }
}

const incomplete = (title: string, remedy: string): GatekitError =>
  new GatekitError({ title, remedy }, exitCodes.incomplete)
