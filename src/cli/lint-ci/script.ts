import type { Rule } from './finding.ts'

/** What a shell does without being told in the script. */
export interface ShellHabits {
  /** Stops at the first command that fails (`-e`). */
  errexit: boolean
  /** A pipe fails when any part of it does. */
  pipefail: boolean
}

export interface ScriptFinding extends Rule {
  row: number
  column: number
  length: number
  snippet: string
}

const runner = '(?:npx\\s+(?:-\\S+\\s+)*|pnpm\\s+(?:exec\\s+)?|yarn\\s+|bunx\\s+|[\\w./${}-]*/)?'
const verbs = 'run-all|run|stage6|payments|drill|readiness|merge|verify|promote|apply-guard|watch|prove|lint-ci|lint'
const call = new RegExp(`(?:^|[\\s;&|(\`!])(${runner}gatekit(?:@[\\w.-]+)?(?:\\s+--?\\S+)*\\s+(${verbs}))(?![\\w-])`)

/** One line as the shell sees it. */
export interface Line {
  text: string
  /** Rows of the script that were joined, with where each begins in `text`. */
  rows: { row: number; start: number }[]
}

/** The gatekit commands of a script, in order: `verify`, `run-all` … */
export const gatekitCalls = (script: string): string[] =>
  linesOf(script).flatMap(({ text }) => [...text.matchAll(new RegExp(call, 'g'))].map((match) => match[2]!))

/** What in a script hides how gatekit ended. Pure text: quoted words and comments are not looked at. */
export function scriptFindings(script: string, habits: ShellHabits): ScriptFinding[] {
  const lines = linesOf(script)
  const findings: ScriptFinding[] = []
  let { errexit, pipefail } = habits
  let turnedOff: ScriptFinding | undefined
  for (const [index, line] of lines.entries()) {
    if (/\bset\s+[^;&|]*\bpipefail\b/.test(line.text)) pipefail = true
    if (/\bset\s+-\w*e/.test(line.text)) [errexit, turnedOff] = [true, undefined]
    const off = /\bset\s+\+\w*e\w*/.exec(line.text)
    if (off) turnedOff = at(line, off.index, off[0], setPlusE)
    if (off) errexit = false
    const match = call.exec(line.text)
    if (!match) continue
    const start = match.index + match[0].indexOf(match[1]!)
    const before = line.text.slice(0, start)
    const after = line.text.slice(start + match[1]!.length)
    const isLast = index === lines.length - 1
    const find = (offset: number, snippet: string, rule: Rule) => findings.push(at(line, offset, snippet, rule))
    const behind = (expression: RegExp, rule: Rule) => {
      const found = expression.exec(after)
      if (found) find(start + match[1]!.length + found.index, found[0], rule)
      return found !== null
    }
    const rest = lines
      .slice(index)
      .map(({ text }) => text)
      .join('\n')
    const isHandled = /\b(?:exit|return)\s+(?:[1-9$"]|\$)|\bfalse\b/.test(rest.slice(start))
    if (!isHandled) behind(/\|\|\s*\S+(?:\s+\d+)?/, orTrue)
    behind(/;\s*(?:true|:|exit\s+0)(?=\s|;|$)/, thenTrue)
    if (!pipefail) behind(/(?<!\|)\|(?!\|)&?\s*\S*/, pipe)
    behind(/(?<![&>|])&\s*$/, background)
    if (!isLast && /&&/.test(after) && !/\|\|/.test(after)) behind(/&&\s*\S+/, andList)
    const asked = /(?:^|[;&|\s])(if|while|until|!)\s+(?:!\s+)?$/.exec(before)
    if (asked && !isHandled) find(asked.index + asked[0].indexOf(asked[1]!), asked[1]!, caught)
    const inner = /\b(echo|printf|export|local|declare|readonly)\b[^;&|]*(?:\$\(|`)[^)`]*$/.exec(before)
    if (inner) find(inner.index, inner[1]!, substituted)
    if (!errexit && !isLast && !isHandled) findings.push(turnedOff ?? at(line, start, match[1]!, noErrexit))
  }
  return findings
}

/** Waiting by the clock for what gatekit could wait for by asking. */
export function sleepFindings(script: string): ScriptFinding[] {
  return linesOf(script).flatMap((line) => {
    const found = /(?:^|[\s;&|])(sleep\s+\S+)/.exec(line.text)
    return found ? [at(line, found.index + found[0].indexOf(found[1]!), found[1]!, sleeps)] : []
  })
}

/** A finding about the words at an offset of a line. */
export function at(line: Line, offset: number, text: string, rule: Rule): ScriptFinding {
  const snippet = text.trim()
  const from = offset + text.indexOf(snippet)
  const part = [...line.rows].reverse().find((each) => each.start <= from) ?? line.rows[0]!
  return { ...rule, row: part.row, column: from - part.start, length: snippet.length, snippet }
}

/** Lines as the shell sees them: joined where they end in a backslash; `read` takes out of a row what does not count, at the same length. */
export function linesOf(script: string, read: (row: string) => string = blanked): Line[] {
  const lines: Line[] = []
  let open: Line | undefined
  const rows = script.split(/\r?\n/)
  for (const [row, raw] of rows.entries()) {
    const isContinued = /\\\s*$/.test(blanked(raw))
    const text = read(raw).replace(/\\\s*$/, ' ')
    const line: Line = open ?? { text: '', rows: [] }
    line.rows.push({ row, start: line.text.length })
    line.text += text
    open = isContinued ? line : undefined
    if (!isContinued && line.rows.some((each) => blanked(rows[each.row]!).trim() !== '')) lines.push(line)
  }
  if (open) lines.push(open)
  return lines
}

/** A row without comments, its quoted words blanked out. */
export const blanked = (row: string): string =>
  row
    .replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, (quoted) =>
      /\$\(|`/.test(quoted) ? quoted.replaceAll('"', ' ') : '_'.repeat(quoted.length),
    )
    .replace(/(^|\s)#.*$/, (comment) => ' '.repeat(comment.length))

const lastCommand = 'let gatekit be the last command of its step, and its exit code that of the step'
const orTrue: Rule = { rule: 'or-true', title: 'what gatekit found is thrown away by ||', remedy: lastCommand }
const thenTrue: Rule = { rule: 'then-true', title: 'the step ends well whatever gatekit found', remedy: lastCommand }
const pipe: Rule = {
  rule: 'pipe',
  title: 'the exit code is that of the last part of the pipe, not that of gatekit',
  remedy: 'write shell: bash (GitHub adds pipefail then) or set -o pipefail; --json FILE writes a file without a pipe',
}
const background: Rule = {
  rule: 'background',
  title: 'nobody waits for gatekit, nor for its exit code',
  remedy: lastCommand,
}
const andList: Rule = {
  rule: 'and-list',
  title: 'bash -e goes on after a command that fails before &&',
  remedy: 'give gatekit a line of its own',
}
const setPlusE: Rule = {
  rule: 'set-plus-e',
  title: 'set +e: the step goes on after gatekit failed',
  remedy: lastCommand,
}
const noErrexit: Rule = { rule: 'no-errexit', title: 'this shell goes on after gatekit failed', remedy: lastCommand }
const caught: Rule = {
  rule: 'caught',
  title: 'the exit code of gatekit is asked for and then lost',
  remedy: 'exit with it, or give gatekit a line of its own',
}
const substituted: Rule = {
  rule: 'substituted',
  title: 'the exit code is that of the outer command, not that of gatekit',
  remedy: 'give gatekit a line of its own; --json FILE writes what it found',
}
const sleeps: Rule = {
  rule: 'sleep',
  title: 'a fixed wait proves nothing about the application, and an old one may answer',
  remedy: 'gatekit run-all --start "<command>" --wait-for /health',
}
