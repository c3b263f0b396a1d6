import { resolve } from 'node:path'
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
  const asked = await drillOptions(context, createProgress(screen))
  const record = printable(await runDrill(asked), asked.secrets) as DrillRecord
  if (typeof options.json === 'string') await writeFileAtomic(resolve(cwd, options.json), stableJson(record))
  if (screen.json) screen.print(stableJson(record).trimEnd())
  else showRecord(screen, record, asked.isDemo)
  if (signal.aborted) return exitCodes.interrupted
  return record.exitCode
}
