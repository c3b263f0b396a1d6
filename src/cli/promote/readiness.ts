import { usageError } from '../../kernel/errors.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import type { CheckRecord } from '../../kernel/record.ts'
import type { CommandContext } from '../define.ts'
import { performRun } from '../gate-run/perform.ts'
import { openProject } from '../gate-run/project.ts'

/** Types whose command makes what is missing; those of others look at it once more. */
const makers: readonly string[] = ['attest', 'drill-evidence']

const mostFindings = 3

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
  if (options.json === true) return (await performRun(context, { names: [gate] })).exitCode
  // The list below says all that the lines of a run would.
  const say = (line = '') => (line.startsWith('note:') ? screen.say(line) : undefined)
  const quiet = { ...context, screen: { ...screen, say } }
  const { run, exitCode } = await performRun(quiet, { names: [gate] }, { silent: true })
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
  const { status, type, title, id, reason, findings, reproduce, waiver } = check
  const mark = isAnswered(check) ? screen.paint.green('[x]') : screen.paint.red('[ ]')
  const name = status === 'PASS' ? '' : `  ${status}`
  screen.print(`${mark} ${title ?? id}${name}${waiver ? ` until ${waiver.expires}` : ''}`)
  if (isAnswered(check)) return
  if (reason) screen.print(`      ${reason}`)
  for (const { subject, expected, actual } of type === 'attest' ? [] : findings.slice(0, mostFindings))
    screen.print(`        ${subject}: expected ${expected}, found ${actual}`)
  if (reproduce[0])
    screen.print(screen.paint.dim(`      ${makers.includes(type) ? 'to get it' : 'look again'}: ${reproduce[0]}`))
}
