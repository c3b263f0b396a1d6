import { exitCodes } from '../../kernel/exit.ts'
import { defineCommand } from '../define.ts'

/** `gatekit lint`: reads gatekit.yaml and all gate files as a run would, and says what is wrong or unwise; runs nothing. */
export const lint = defineCommand({
  name: 'lint',
  summary: 'read gatekit.yaml and the gate files and say what is wrong with them; runs nothing',
  configure(command) {
    command
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--strict', 'warnings fail too')
      .option('--json', 'print the findings as JSON')
  },
  async run({ cwd, options, screen }) {
    const { openProject } = await import('../gate-run/project.ts')
    const { lintProject } = await import('../../gates/lint.ts')
    const { renderProblems } = await import('../problems.ts')
    const { project, isBuiltIn } = await openProject(cwd, options.config as string | undefined)
    await (await import('../drill/settings.ts')).readConfig(cwd, options.config as string | undefined)
    const warnings = lintProject(project)
    const checks = project.gates.reduce((sum, gate) => sum + gate.checks.length, 0)
    if (screen.json) screen.print(JSON.stringify({ gates: project.gates.length, checks, warnings }))
    else {
      if (warnings.length > 0) screen.say(renderProblems(warnings, screen.paint, 'warning'))
      const files = isBuiltIn ? 'the built-in gates' : project.configFile
      screen.print(`${files}: ${project.gates.length} gates, ${checks} checks, ${warnings.length} warnings`)
    }
    return options.strict && warnings.length > 0 ? exitCodes.fail : exitCodes.pass
  },
})
