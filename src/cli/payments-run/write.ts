import { join } from 'node:path'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import type { PaymentsReport } from '../../payments/report/define.ts'
import { renderJson } from '../../payments/report/json.ts'
import { renderReplay } from '../../payments/report/replay.ts'
import type { PaymentsOptions } from './options.ts'

/** Writes what was asked for, and for every finding what makes it repeatable; returns the files for people, the report first. */
export async function writeReports(report: PaymentsReport, options: PaymentsOptions): Promise<string[]> {
  const { out, json } = options
  const files: [path: string, text: string][] = []
  if (typeof json === 'string') files.push([json, renderJson(report)])
  for (const probe of report.probes.filter(({ verdict }) => verdict === 'RED'))
    files.push([join(out, `${probe.id}.replay.json`), renderReplay(probe, report.seed)])
  for (const [path, text] of files) await write(path, text)
  return files.map(([path]) => path)
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new GatekitError(
      { title: `${path} cannot be written (${code})`, remedy: 'make it writable' },
      exitCodes.undecided,
    )
  }
}
