import { exitCodes } from '../../kernel/exit.ts'
import { type CommandContext, defineCommand } from '../define.ts'
import type { Finding } from '../doctor/finding.ts'

/** `gatekit doctor`: what this machine has, what is missing, how to get it. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'tell what is here, what is missing and how to get it',
  configure(command) {
    command.option('--json', 'print the findings as JSON').option('--qa <dir>', 'folder of results', 'qa')
  },
  async run(context) {
    const findings = await collect(context)
    const isUsable = findings.every(({ found, required }) => !required || found !== undefined)
    if (context.screen.json) context.screen.print(JSON.stringify({ usable: isUsable, findings }))
    else show(context, findings, isUsable)
    return isUsable ? exitCodes.pass : exitCodes.usage
  },
})

async function collect({ cwd, options, signal, screen }: CommandContext): Promise<Finding[]> {
  const { findPrograms } = await import('../doctor/programs.ts')
  const { findOwn } = await import('../doctor/own.ts')
  screen.progress('looking around …')
  return [...(await findOwn(cwd, String(options.qa))), ...(await findPrograms(signal))]
}

function show({ screen }: CommandContext, findings: Finding[], isUsable: boolean): void {
  const { paint } = screen
  const width = Math.max(...findings.map(({ name }) => name.length))
  for (const { name, use, found, required, remedy } of findings) {
    const mark = found ? paint.green('ok     ') : required ? paint.red('MISSING') : paint.yellow('absent ')
    screen.print(`  ${mark}  ${name.padEnd(width)}  ${found ?? paint.dim(use)}`)
    if (!found) screen.print(`           ${' '.repeat(width)}  ${paint.cyan(remedy)}`)
  }
  screen.print()
  screen.print(isUsable ? 'Everything that gatekit needs is here.' : 'Something that gatekit needs is missing.')
}
