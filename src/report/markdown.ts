import { fitBytes } from './byte-budget.ts'
import { defineReporter } from './define.ts'
import {
  attentionOfRun,
  badge,
  checkDetails,
  checkTable,
  gateTable,
  headline,
  identityLine,
  markdownCode,
  markdownText,
  notRunLines,
  waiverLines,
} from './markdown-text.ts'
import { clean } from './plain-text.ts'

/** Comments of pull requests hold 65,536 characters. */
const commentBudget = 60 * 1024

/** For a comment, a wiki or an e-mail: the whole run, every check included. */
export const markdownReporter = defineReporter({
  name: 'markdown',
  summary: 'Markdown for a pull request comment or a wiki: every gate and every check',
  file: 'report.md',
  render(record) {
    const run = clean(record)
    const gates = run.gates.flatMap((gate) => [
      '',
      `#### ${markdownCode(gate.id)} ${markdownText(gate.version)} · ${badge(gate.status)}`,
      '',
      markdownText(gate.reason),
      '',
      checkTable(gate),
    ])
    const pieces = [
      headline(run),
      '',
      markdownText(run.reason, 1_000),
      '',
      identityLine(run),
      '',
      run.gates.length > 0 ? gateTable(run) : 'No gate was evaluated.',
      '',
      ...attentionOfRun(run).map(checkDetails),
      ...gates,
      ...section('Waived', waiverLines(run)),
      ...section('Not evaluated', notRunLines(run)),
      ...section(
        'Notes',
        run.notes.map((note) => `- ${markdownText(note)}`),
      ),
    ]
    return `${fitBytes(pieces, commentBudget, (left) => `\n_${left} more lines: see tests.txt_`)}\n`
  },
})

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `#### ${title}`, '', ...lines]
