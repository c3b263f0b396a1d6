import { Command, CommanderError } from 'commander'
import type { Stop } from '../gates/stop.ts'
import { GatekitError } from '../kernel/errors.ts'
import { combineExitCodes, type ExitCode, exitCodes } from '../kernel/exit.ts'
import { packageVersion } from '../kernel/package.ts'
import { commands } from './commands/list.ts'
import { watchOutputs, watchUnexpected } from './last-resort.ts'
import { renderProblems } from './problems.ts'
import { createScreen } from './screen.ts'

/** Runs one command line and tells how it ended. The only place that turns an outcome into an exit code. */
async function main(argv: string[]): Promise<ExitCode> {
  const interruption = new AbortController()
  let interrupted: ExitCode | undefined
  const onSignal = (code: ExitCode) => () => {
    if (interrupted) process.exit(code)
    interrupted = code
    interruption.abort({ kind: 'interrupted', text: 'interrupted', exitCode: code } satisfies Stop)
  }
  process.on('SIGINT', onSignal(exitCodes.interrupted))
  process.on('SIGTERM', onSignal(exitCodes.terminated))
  // A terminal that is closed: without a listener the children would stay behind.
  process.on('SIGHUP', onSignal(exitCodes.terminated))

  const program = new Command('gatekit')
    .description('May this release go out? One question, answered with evidence.')
    .version(packageVersion)
    .option('--json', 'print the answer as JSON')
    .option('--quiet', 'print nothing but the answer and errors')
    .option('--no-color', 'plain text')
    .showHelpAfterError('(gatekit --help lists the commands)')
    // Otherwise the program's own --json, which takes no file, would be found in `stage6 --json FILE` first.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })

  let outcome: ExitCode = exitCodes.usage
  const asked = argv.find((word) => word in commands)
  for (const [name, entry] of Object.entries(commands)) {
    const command = program.command(name).description(entry.summary)
    if (name !== asked) continue
    const definition = await entry.load()
    definition.configure(command)
    command.exitOverride()
    command.option('--no-color', 'plain text').option('--quiet', 'print nothing but the answer and errors')
    if (!command.options.some((option) => option.long === '--json'))
      command.option('--json', 'print the answer as JSON')
    command.action(async () => {
      const options = { ...program.opts(), ...command.opts() }
      const isPlain = program.opts().color === false || command.opts().color === false
      const screen = createScreen({
        json: options.json === true,
        quiet: Boolean(options.quiet),
        ...(isPlain && { color: false }),
      })
      outcome = await definition.run({
        screen,
        args: command.args,
        options,
        cwd: process.cwd(),
        env: process.env,
        signal: interruption.signal,
      })
      screen.progress(undefined)
    })
  }

  try {
    if (argv.length === 0) {
      program.outputHelp()
      return exitCodes.usage
    }
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage
    if (interrupted) return interrupted
    return await complain(error)
  }
  return interrupted ?? outcome
}

/** Prints an expected error for people; anything else is a bug, kept in a file and reported as one. */
async function complain(error: unknown): Promise<ExitCode> {
  const plain = Boolean(process.env.NO_COLOR) || !process.stderr.isTTY || process.argv.includes('--no-color')
  if (error instanceof GatekitError) {
    process.stderr.write(renderProblems(error.problems, createScreen(plain ? { color: false } : {}).paint))
    return error.exitCode
  }
  const { reportBug } = await import('./bug.ts')
  process.stderr.write(await reportBug(error))
  return exitCodes.bug
}

const outputs = watchOutputs()
watchUnexpected((error) => void complain(error).then((code) => process.exit(code)))
process.on('exit', (code) => {
  process.exitCode = combineExitCodes([code as ExitCode, outputs.exitCode()])
})
// Until there is an outcome, the end of the process is one that nobody intended.
process.exitCode = exitCodes.bug
process.exitCode = await main(process.argv.slice(2))
// Nothing is left to do. Whatever still holds the process open was forgotten, and a verdict must not wait for it.
setTimeout(() => process.exit(), 2_000).unref()
