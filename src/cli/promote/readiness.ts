import { usageError } from '../../kernel/errors.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import type { CheckRecord } from '../../kernel/record.ts'
import type { CommandContext } from '../define.ts'
import { performRun } from '../gate-run/perform.ts'
import { openProject } from '../gate-run/project.ts'

const isAnswered = ({ status }: CheckRecord): boolean => status === 'PASS' || status === 'WAIVED'

/** Runs the checklist and prints it item by item; the exit code is that of the gate. */
export async function printReadiness(context: CommandContext, gate: string): Promise<ExitCode> {
  const { cwd, options, screen } = context
  const { project } = await openProject(cwd, options.config as string | undefined)
  if (!project.gates.some(({ id }) => id === gate)) {
    throw usageError(
      `there is no gate ${gate} in ${project.configFile}`,
      'write one with: gatekit init --from-stage readiness',
    )
  }
  const { run, exitCode } = await performRun(context, { names: [gate] }, { silent: options.json !== true })
  if (options.json === true) return exitCode
  const checks = run.gates.find(({ id }) => id === gate)?.checks ?? []
  const needed = checks.filter(({ advisory }) => !advisory)
  const answered = needed.filter(isAnswered)
  screen.print()
  for (const check of checks) printItem(context, check)
  screen.print()
  const { commit, environment } = run
  const about = `${environment.name} ${commit?.slice(0, 12) ?? '(no commit)'}`
  const verdict = exitCode === 0 ? screen.paint.green('READY') : screen.paint.red('NOT READY')
  screen.print(
    `${verdict}  ${answered.length} of ${needed.length}  ${about}  valid until ${run.validUntil} (exit ${exitCode})`,
  )
  return exitCode
}

function printItem({ screen }: CommandContext, check: CheckRecord): void {
  const { status, title, id, reason, reproduce, waiver } = check
  const mark = isAnswered(check) ? screen.paint.green('[x]') : screen.paint.red('[ ]')
  const name = status === 'PASS' ? '' : `  ${status}`
  screen.print(`${mark} ${title ?? id}${name}${waiver ? ` until ${waiver.expires}` : ''}`)
  if (isAnswered(check)) return
  if (reason) screen.print(`      ${reason}`)
  if (reproduce[0]) screen.print(screen.paint.dim(`      to get it: ${reproduce[0]}`))
}
