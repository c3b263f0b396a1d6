import { exitCodes } from '../../kernel/exit.ts'
import { type CommandContext, defineCommand } from '../define.ts'

/** `gatekit init`: a commented gatekit.yaml and gates in the current folder; never overwrites without being told to. */
export const init = defineCommand({
  name: 'init',
  summary: 'write a commented gatekit.yaml and gates for your project into this folder',
  configure(command) {
    command
      .option(
        '--from-stage <gate>',
        'only this gate (stage6, security, quality), or add readiness or promotion to what is there',
      )
      .option('--force', 'overwrite files that are there')
      .option('--json', 'print the written files as JSON')
  },
  async run(context) {
    const { scaffold } = await import('../init/scaffold.ts')
    const { cwd, options, screen } = context
    const stage = options.fromStage as string | undefined
    const files = await scaffold({ dir: cwd, force: Boolean(options.force), ...(stage !== undefined && { stage }) })
    if (screen.json) screen.print(JSON.stringify({ written: files }))
    else tell(context, files, stage)
    return exitCodes.pass
  },
})

function tell({ screen }: CommandContext, files: string[], stage: string | undefined): void {
  for (const file of files) screen.print(`  ${screen.paint.green('wrote')} ${file}`)
  screen.print()
  screen.print('Next:')
  screen.print('  gatekit lint                       reads them as a run would')
  for (const line of nextOf[stage ?? ''] ?? usualNext) screen.print(`  ${line}`)
}

const usualNext = [
  'gatekit run-all                    judges the embedded backend, to look around',
  'gatekit run-all --env local --start "npm start"   judges your application',
]

const nextOf: Record<string, string[]> = {
  readiness: ['gatekit readiness --env production n of m: what is missing, and how to get it'],
  promotion: ['gatekit promote staging production asks whether this commit may go there'],
}
