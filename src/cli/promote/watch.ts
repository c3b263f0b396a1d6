import { setTimeout as sleep } from 'node:timers/promises'
import { formatDuration, parseDuration } from '../../kernel/duration.ts'
import { usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { CommandContext } from '../define.ts'
import { type Performed, performRun } from '../gate-run/perform.ts'
import { openProject } from '../gate-run/project.ts'

/** Rounds until the window is over, red comes too often, or Ctrl-C; the exit code of the round that ended it. */
export async function watchGates(context: CommandContext): Promise<ExitCode> {
  const { args, options, screen, signal, cwd } = context
  const forMs = durationOf('--for', options.for)
  const everyMs = durationOf('--every', options.every)
  const allowed = Number(options.maxFailures)
  if (!Number.isInteger(allowed) || allowed < 0) throw usageError('--max-failures takes a number from 0')
  const profile = options.profile as string | undefined
  if (args.length > 0 && profile !== undefined) throw usageError('names and --profile were given together')
  const { project } = await openProject(cwd, options.config as string | undefined)
  const selection = { names: args, ...(profile !== undefined && { profile }) }
  const settings = { outRoot: `${project.outRoot}/watch`, silent: true }

  const end = Date.now() + forMs
  let failures = 0
  for (let round = 1; ; round++) {
    const began = Date.now()
    const performed = await performRun(context, selection, settings)
    if (performed.exitCode !== 0) failures++
    screen.print(
      `${new Date(began).toISOString()} round ${round} ${performed.run.status} ${redNames(performed)}`.trimEnd(),
    )
    if (signal.aborted) return performed.exitCode
    if (failures > allowed) {
      screen.print(
        `WATCH FAIL  ${failures} red rounds of ${round}: ${performed.run.reason} (exit ${performed.exitCode})`,
      )
      return performed.exitCode
    }
    const next = began + everyMs
    // A window in which only the first round ran has shown a moment, not steadiness.
    if (Date.now() >= end && round > 1) {
      screen.print(`WATCH PASS  ${round} rounds in ${formatDuration(forMs)}, ${failures} red`)
      return exitCodes.pass
    }
    await sleep(Math.max(0, Math.min(next, end) - Date.now()), undefined, { signal }).catch(() => {})
    if (signal.aborted) return exitCodes.interrupted
  }
}

const redNames = ({ run }: Performed): string =>
  run.gates
    .flatMap((gate) =>
      gate.checks
        .filter(({ status, advisory }) => !advisory && status !== 'PASS')
        .map(({ id, status }) => `${gate.id}/${id} ${status}`),
    )
    .join(', ')

function durationOf(name: string, value: unknown): number {
  const ms = parseDuration(String(value))
  if (ms === undefined) throw usageError(`${name} ${String(value)} is no duration`, 'such as 10m or 30s')
  return ms
}
