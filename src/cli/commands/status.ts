import { dirname, join, relative } from 'node:path'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import { type CommandContext, defineCommand } from '../define.ts'

/** `gatekit status`: the last run, and whether it still proves anything; writes the status site anew. */
export const status = defineCommand({
  name: 'status',
  summary: 'show the last run and whether it still holds; write the status page anew',
  configure(command) {
    command
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--json', 'print the last run as JSON')
  },
  async run(context) {
    const { openProject } = await import('../gate-run/project.ts')
    const { readLastRun } = await import('../gate-run/last-run.ts')
    const { writeSite } = await import('../gate-run/publish.ts')
    const { project } = await openProject(context.cwd, context.options.config as string | undefined)
    const qaDir = join(project.rootDir, project.outRoot)
    const run = await readLastRun(qaDir)
    const docsDir = dirname(project.configFile)
    const page = await writeSite({ run, qaDir, rootDir: project.rootDir, docsDir })
    if (context.screen.json) context.screen.print(JSON.stringify(run))
    else show(context, run, page)
    return codeOf(run, Date.now())
  },
})

/** A result past its time proves nothing any more, whatever it was. */
const codeOf = (run: RunRecord, now: number): ExitCode =>
  run.exitCode === exitCodes.pass && now > Date.parse(run.validUntil) ? exitCodes.stale : run.exitCode

function show({ screen, cwd }: CommandContext, run: RunRecord, page: string): void {
  for (const { id, status, summary, outDir } of run.gates)
    screen.print(
      `${status.padEnd(10)} ${id.padEnd(14)} ${`${summary.executed}/${summary.planned}`.padStart(7)}  ${outDir}/tests.txt`,
    )
  const isOver = Date.now() > Date.parse(run.validUntil)
  screen.print()
  screen.print(`VERDICT ${run.status}  ${run.reason}`)
  screen.print(`${run.finishedAt}, ${isOver ? 'no longer valid since' : 'valid until'} ${run.validUntil}`)
  screen.say(screen.paint.dim(`page: ${relative(cwd, page)}`))
}
