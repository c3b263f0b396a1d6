import { exitCodes } from '../../kernel/exit.ts'
import { defineCommand } from '../define.ts'

/** `gatekit lint-ci`: what in a workflow makes it say other than gatekit said. */
export const lintCi = defineCommand({
  name: 'lint-ci',
  summary: 'find what makes a CI workflow lie about gatekit: masked exit codes, lost evidence, skipped gates',
  configure(command) {
    command
      .argument('[paths...]', 'workflows, or folders of them; default: .github/workflows and .gitlab-ci.yml')
      .option('--strict', 'notes fail too')
      .option('--json', 'print the findings as JSON')
  },
  async run({ args, cwd, options, screen }) {
    const { lintCi: lint } = await import('../lint-ci/lint.ts')
    const { renderProblems } = await import('../problems.ts')
    const { files, calls, findings } = await lint(args, cwd)
    const counted = findings.filter(({ isNote }) => options.strict === true || !isNote)
    const isEmpty = calls === 0 && counted.length === 0
    const exitCode = isEmpty ? exitCodes.incomplete : counted.length > 0 ? exitCodes.fail : exitCodes.pass
    if (screen.json) {
      screen.print(JSON.stringify({ files, calls, exitCode, findings }))
      return exitCode
    }
    for (const finding of findings) {
      const kind = finding.isNote ? 'warning' : 'error'
      screen.say(renderProblems([{ ...finding, note: finding.rule }], screen.paint, kind))
    }
    const notes = findings.length - findings.filter(({ isNote }) => !isNote).length
    screen.print(
      isEmpty
        ? `NO DATA  ${files.length} workflows read, none of them runs gatekit`
        : `${files.length} workflows, ${calls} gatekit commands, ${findings.length - notes} findings, ${notes} notes`,
    )
    return exitCode
  },
})
