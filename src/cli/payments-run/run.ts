import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { GatekitError, usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { loadContract } from '../../payments/contract/load.ts'
import { renderJson } from '../../payments/report/json.ts'
import { parseReplay } from '../../payments/report/replay.ts'
import { renderText } from '../../payments/report/text.ts'
import { deadReport, type RunSettings, runPayments } from '../../payments/run/run.ts'
import type { CommandContext } from '../define.ts'
import { readPaymentsOptions } from './options.ts'
import { ownBackend } from './own-backend.ts'
import { writeReports } from './write.ts'

/** Runs the gate by the contract and reports; the exit code is that of the report. */
export async function runPaymentsCommand(context: CommandContext): Promise<ExitCode> {
  const own = await ownBackend(context)
  try {
    return await runByContract(context, own?.path)
  } finally {
    await own?.remove()
  }
}

async function runByContract(context: CommandContext, ownContract: string | undefined): Promise<ExitCode> {
  const { screen, cwd, env, signal } = context
  const options = { ...readPaymentsOptions(context), ...(ownContract && { contract: ownContract }) }
  const contract = await loadContract(options.contract, { cwd, env, allow: options.allow })
  const replay = options.replay === undefined ? undefined : await readReplay(options.replay)
  let lastSaid = performance.now()
  const settings: RunSettings = {
    contract,
    env,
    seed: replay?.seed ?? options.seed,
    mode: options.mode,
    strict: options.strict,
    signal,
    ...(options.budgetMs !== undefined && { budgetMs: options.budgetMs }),
    ...(options.only && { only: options.only }),
    ...(replay && { replay }),
    progress(text) {
      if (screen.isTty) return screen.progress(text)
      // Somewhere without a terminal, such as CI: a sign of life now and then.
      if (performance.now() - lastSaid < 10_000) return
      lastSaid = performance.now()
      screen.say(text)
    },
  }
  const report = await runPayments(settings).catch(async (error: unknown) => {
    if (!(error instanceof GatekitError) || error.exitCode !== exitCodes.undecided) throw error
    // Whoever reads the report must not find that of the run before.
    await writeReports(deadReport(settings, error.message), contract, options)
    throw error
  })
  screen.progress(undefined)
  if (signal.aborted) return exitCodes.interrupted
  const written = await writeReports(report, contract, options)
  if (options.json === true) screen.print(renderJson(report).trimEnd())
  else screen.print(renderText(report, screen.paint))
  for (const file of written) screen.say(`  wrote ${relative(cwd, file)}`)
  return report.exitCode
}

async function readReplay(file: string) {
  const text = await readFile(file, 'utf8').catch(() => {
    throw usageError(`${file} cannot be read`, 'give a file that gatekit payments wrote beside its report')
  })
  return parseReplay(text, file)
}
