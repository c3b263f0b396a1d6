import type { RunRecord } from '../kernel/record.ts'

/** A pure function from a finished, redacted run to the text of one file. Reporters never decide the exit code. */
export interface ReporterDefinition {
  /** The word in `--reporter`. */
  name: string
  summary: string
  /** File name inside the run's report folder. */
  file: string
  render(run: RunRecord): string
}

/** Makes a reporter; one file under src/report/ exports one. */
export const defineReporter = (definition: ReporterDefinition): ReporterDefinition => definition
