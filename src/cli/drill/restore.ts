import { join, resolve } from 'node:path'
import { runDrill } from '../../drill/flow.ts'
import type { DrillRecord } from '../../drill/record.ts'
import { printable } from '../../gates/redact.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { CommandContext } from '../define.ts'
import { drillOptions } from './settings.ts'
import { createProgress, showRecord } from './show.ts'

/** `gatekit drill restore` */
export async function restoreDrill(context: CommandContext): Promise<ExitCode> {
  const { screen, options, cwd, signal } = context
  const named = String(options.reporter ?? '')
    .split(',')
    .filter(Boolean)
  const reporters = named.length > 0 ? await (await import('../gate-run/publish.ts')).loadReporters(named) : []
  let page: Promise<typeof import('../../drill/page/write-page.ts')> | undefined
  const progress = createProgress(screen)
  const asked = await drillOptions(context, (event) => {
    // Loaded while the server is made ready, when there is nothing to do here.
    if (event.kind === 'phase' && event.name === 'provision') page ??= import('../../drill/page/write-page.ts')
    progress(event)
  })
  const record = printable(await runDrill(asked), asked.secrets) as DrillRecord
  if (asked.evidence && record.code !== 'LOCKED') {
    const { dir, key } = asked.evidence
    const siteDir = join(asked.rootDir, 'qa', 'status')
    const { writeDrillPage } = await (page ?? import('../../drill/page/write-page.ts'))
    await writeDrillPage(record, { evidenceDir: dir, siteDir, ...(key !== undefined && { key }) })
  }
  if (typeof options.json === 'string') await writeFileAtomic(resolve(cwd, options.json), stableJson(record))
  for (const reporter of reporters) {
    const { asRun } = await import('./run-record.ts')
    const run = asRun(record, 'gatekit drill restore', asked.evidence?.validForMs ?? 0)
    await writeFileAtomic(join(asked.evidence?.dir ?? cwd, reporter.file), asked.secrets.redact(reporter.render(run)))
  }
  if (screen.json) screen.print(stableJson(record).trimEnd())
  else showRecord(screen, record, asked.isDemo)
  if (signal.aborted) return exitCodes.interrupted
  return record.exitCode
}
