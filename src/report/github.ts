import { fitBytes } from './byte-budget.ts'
import { defineReporter } from './define.ts'
import {
  attentionOfRun,
  checkDetails,
  gateTable,
  headline,
  identityLine,
  markdownText,
  notRunLines,
  waiverLines,
} from './markdown-text.ts'
import { clean } from './plain-text.ts'

/** GitHub drops a whole step summary above 1024 KiB; other steps of the same job write to the same file. */
const summaryBudget = 900 * 1024

/** What a step appends to `$GITHUB_STEP_SUMMARY`: the verdict, a row per gate, and only the checks that went wrong. */
export const githubReporter = defineReporter({
  name: 'github',
  summary: 'GitHub step summary; annotations go to the log beside it',
  file: 'github.md',
  render(record) {
    const run = clean(record)
    const head = [headline(run), '', markdownText(run.reason, 1_000), '', identityLine(run), '']
    const gates = run.gates.length > 0 ? [gateTable(run), ''] : ['No gate was evaluated.', '']
    const attention = attentionOfRun(run).map(checkDetails)
    const waivers = titled('Waived', waiverLines(run))
    const notRun = titled('Not evaluated', notRunLines(run))
    const pieces = [...head, ...gates, ...attention, ...waivers, ...notRun]
    return `${fitBytes(pieces, summaryBudget, (left) => `\n_${left} more entries: see tests.txt_`)}\n`
  },
})

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines]
