import { join, resolve } from 'node:path'
import { runDrill } from '../../drill/flow.ts'
import { writeDrillPage } from '../../drill/page/write-page.ts'
import type { DrillRecord } from '../../drill/record.ts'
import { printable } from '../../gates/redact.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { CommandContext } from '../define.ts'
import { loadReporters } from '../gate-run/publish.ts'
import { asRun } from './run-record.ts'
import { drillOptions } from './settings.ts'
import { createProgress, showRecord } from './show.ts'

/** `gatekit drill restore` */
export async function restoreDrill(context: CommandContext): Promise<ExitCode> {
  const { screen, options, cwd, signal } = context
  const reporters = await loadReporters(
    String(options.reporter ?? '')
      .split(',')
      .filter(Boolean),
  )
  const asked = await drillOptions(context, createProgress(screen))
  const record = printable(await runDrill(asked), asked.secrets) as DrillRecord
  if (asked.evidence && record.code !== 'LOCKED') {
    const { dir, key } = asked.evidence
    const siteDir = join(asked.rootDir, 'qa', 'status')
    await writeDrillPage(record, { evidenceDir: dir, siteDir, ...(key !== undefined && { key }) })
  }
  if (typeof options.json === 'string') await writeFileAtomic(resolve(cwd, options.json), stableJson(record))
  for (const reporter of reporters) {
    const run = asRun(record, 'gatekit drill restore', asked.evidence?.validForMs ?? 0)
    await writeFileAtomic(join(asked.evidence?.dir ?? cwd, reporter.file), asked.secrets.redact(reporter.render(run)))
  }
  if (screen.json) screen.print(stableJson(record).trimEnd())
  else showRecord(screen, record, asked.isDemo)
  if (signal.aborted) return exitCodes.interrupted
  return record.exitCode
}
