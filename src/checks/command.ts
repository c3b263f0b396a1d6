import { z } from 'zod'
import type { Captured } from '../kernel/capture.ts'
import type { Finding } from '../kernel/record.ts'
import { type CommandRun, runCommand } from '../kernel/run-command.ts'
import { type CheckContext, defineCheck, fail, type Outcome, pass, undecided } from './define.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { judgeText, textExpectation } from './expect/text.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { stopped, unreachable } from './network/trouble.ts'
import { inShell, quoted, resolveText, textOrReference } from './options/reference.ts'
import { judgeReports, reportExpectation, takeSnapshot } from './reports/judge.ts'
import { sabotageCommand } from './sabotage/command.ts'

const exitCode = z.int().min(0).max(255)

const expectation = z
  .strictObject({
    exit: z
      .union([exitCode, z.array(exitCode).min(1)])
      .optional()
      .describe('0 when absent'),
    stdout: textExpectation.optional(),
    stderr: textExpectation.optional(),
    report: reportExpectation.optional().describe('Test report that the command writes'),
  })
  .refine(hasAny, emptyExpect)

const options = z.strictObject({
  run: z
    .union([
      z.array(z.string().regex(/^[^\0]*$/)).min(1),
      z.strictObject({ shell: z.string().min(1).describe('Given to bash -eo pipefail -c') }),
    ])
    .describe('Program and arguments as a list; { shell } where a pipe is really needed'),
  cwd: z.string().min(1).optional().describe('Folder inside the project; the project itself when absent'),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), textOrReference)
    .optional()
    .describe('Added to the environment: values, or { env: NAME }'),
  expect: expectation,
})

type Options = z.output<typeof options>

/** A program in a process group of its own, judged by exit code, output and the test report it writes; nothing of it survives the check. */
export const commandCheck = defineCheck({
  type: 'command',
  sabotage: sabotageCommand,
  summary: 'Runs a program and judges its exit code, output and JUnit or CTRF report',
  options,
  example: {
    run: ['npm', 'run', 'smoke'],
    expect: { exit: 0, report: { junit: 'reports/*.xml', minTests: 6 } },
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [shellLine(options)]
    const { report } = options.expect
    const before = report ? await takeSnapshot(report, context.rootDir) : new Map<string, string>()
    const commandStart = context.clock.now()
    let run: CommandRun
    try {
      const cwd = await locateFile(options.cwd ?? '.', { rootDir: context.rootDir, within: [] })
      context.progress(reproduce[0]!)
      run = await runCommand(argvOf(options), { cwd, env: environmentOf(options, context), signal: context.signal })
    } catch (error) {
      if (error instanceof OutsidePath) return { ...undecided(error.message), reproduce }
      return { ...unreachable('command', error, context.signal), reproduce }
    }
    await keepOutput(run, context)
    if (context.signal.aborted) return { ...stopped(reproduce[0]!, context.signal), reproduce }
    const own = judgeRun(run, options)
    if (own.status === 'ERROR' || !report) return { ...own, reproduce }
    return { ...merge(own, await judgeReports(report, context, { before, commandStart })), reproduce }
  },
})

const argvOf = ({ run }: Options): string[] => (Array.isArray(run) ? run : ['bash', '-eo', 'pipefail', '-c', run.shell])

const environmentOf = ({ env = {} }: Options, context: CheckContext): Record<string, string> => ({
  ...context.variables(),
  ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, resolveText(value, context)])),
})

function shellLine(options: Options): string {
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${inShell(value)}`)
  const line = [...variables, ...argvOf(options).map(quoted)].join(' ')
  return options.cwd ? `(cd ${quoted(options.cwd)} && ${line})` : line
}

async function keepOutput({ stdout, stderr }: CommandRun, context: CheckContext): Promise<void> {
  if (stdout.text) await context.evidence('stdout.txt', stdout.text)
  if (stderr.text) await context.evidence('stderr.txt', stderr.text)
}

function judgeRun({ exitCode, signal, spawnError, stdout, stderr, durationMs }: CommandRun, options: Options): Outcome {
  const [file = ''] = argvOf(options)
  const wanted = [options.expect.exit ?? 0].flat()
  const details = { ...(exitCode !== undefined && { exit: exitCode }), durationMs }
  if (spawnError) {
    const why =
      spawnError === 'ENOENT'
        ? 'there is no such program, or no such folder to run it in'
        : `cannot be started (${spawnError})`
    return undecided(`${file}: ${why}`)
  }
  if (exitCode === undefined) return undecided(`${file} was ended by ${signal ?? 'a signal'}`, 'other', details)
  const isUnknownCommand = !Array.isArray(options.run) && exitCode === 127 && !wanted.includes(127)
  if (isUnknownCommand)
    return undecided('the shell did not find a command (exit 127); see stderr.txt', 'other', details)

  const findings: Finding[] = []
  if (!wanted.includes(exitCode)) {
    findings.push({ subject: 'exit code', expected: wanted.join(' or '), actual: String(exitCode) })
    const lastWords = stderr.text.trim().split('\n').slice(-3).join(' ').slice(-200)
    if (lastWords) findings.push({ subject: 'stderr', expected: `exit ${wanted.join(' or ')}`, actual: lastWords })
  }
  for (const [name, output] of [
    ['stdout', stdout],
    ['stderr', stderr],
  ] as const) {
    const text = options.expect[name]
    if (text && output.lost > 0) return undecided(tooMuch(name, output), 'other', details)
    if (text) findings.push(...judgeText(name, output.text, text))
  }
  return findings.length === 0
    ? pass(details)
    : fail(`${file}: ${findings[0]!.subject} not as expected`, findings, details)
}

/** What is not kept cannot be said to hold or not hold anything. */
const tooMuch = (name: string, { lost }: Captured): string =>
  `${name} is too long to be judged: ${lost} bytes were left out`

/** A failed command fails whatever its report says; otherwise the report decides. */
function merge(own: Outcome, report: Outcome): Outcome {
  const details = { ...own.details, ...report.details }
  if (own.status !== 'FAIL') return { ...report, details }
  return {
    ...own,
    details,
    findings: [...(own.findings ?? []), ...(report.status === 'FAIL' ? (report.findings ?? []) : [])],
  }
}
