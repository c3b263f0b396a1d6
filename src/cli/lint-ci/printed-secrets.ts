import { isSecretName } from '../../gates/secret-variables.ts'
import type { Rule } from './finding.ts'
import { at, blanked, type Line, linesOf, type ScriptFinding } from './script.ts'

/** Programs that hand on what they read, so that a pipe into them still ends in the log. */
const passesOn = /^\s*(?:base64|cat|cut|fold|head|hexdump|jq|od|rev|sed|tail|tee|tr|xxd)\b/

/**
 * Where a script writes a secret into the log: a CI system masks exact words only, and no other spelling of them. `held` are variables that are
 * known to hold one; besides, those whose names say so.
 */
export function printedSecrets(script: string, held: readonly string[]): ScriptFinding[] {
  const lines = linesOf(script)
  const words = linesOf(script, uncommented)
  const isHeld = (text: string): boolean =>
    /\$\{\{[^}]*\b(?:secrets\b|github\.token)/.test(text) ||
    [...text.matchAll(/\$\{?(\w+)/g)].some(([, name]) => held.includes(name!) || isSecretName(name!))
  const uses = words.some(({ text }) => isHeld(text)) || held.length > 0
  return lines.flatMap((line, i) => {
    const found = printing(line).filter(({ offset, length }) => {
      const said = words[i]!.text.slice(offset, offset + length)
      return isHeld(said) && !said.includes('::add-mask::')
    })
    const traced = uses ? /(?:^|[\s;&|])(set\s+-\w*x\w*)/.exec(line.text) : undefined
    const listed =
      held.length > 0 ? /(?:^|[;&|]\s*)(env|printenv)\s*(?:$|[;&]|\|\s*(?:sort|cat|tee)\b)/.exec(line.text) : undefined
    return [
      ...found.map(({ offset, word }) => at(line, offset, word, printed)),
      ...(traced ? [at(line, traced.index, traced[0], tracing)] : []),
      ...(listed ? [at(line, line.text.indexOf(listed[1]!, listed.index), listed[1]!, listing)] : []),
    ]
  })
}

/** The commands of a line whose words end in the log. */
function printing({ text }: Line): { offset: number; length: number; word: string }[] {
  return [...text.matchAll(/(?<![\w./-])(echo|printf|cat\s*<<<?)(?![\w-])/g)].flatMap((match) => {
    const rest = text.slice(match.index)
    const end = rest.search(/;|&&|\|\||\)|`/)
    const whole = end < 0 ? rest : rest.slice(0, end)
    const [, ...pipes] = whole.split('|')
    const isKept = /(?<![2<])>{1,2}(?!\s*(?:&|\/dev\/(?:stderr|stdout|tty)\b))/.test(whole)
    const isTaken = /\$\(\s*$|`\s*$|<\(\s*$/.test(text.slice(0, match.index))
    if (isKept || isTaken || (pipes.length > 0 && !passesOn.test(pipes.at(-1)!))) return []
    return [{ offset: match.index, length: whole.length, word: match[1]! }]
  })
}

/** As the shell reads it, with what stands in quotes: only single ones keep a variable from being filled in. */
function uncommented(row: string): string {
  const plain = blanked(row)
  const end = plain.trimEnd().length
  return row
    .slice(0, end)
    .replace(/'[^']*'/g, (quoted) => (quoted.includes('${{') ? quoted : '_'.repeat(quoted.length)))
    .padEnd(plain.length)
}

const remedy = 'hand it over by an environment variable or a file (--password-stdin), and never print it'
const printed: Rule = {
  rule: 'secret-printed',
  title: 'a secret is written into the log, where only its exact words are masked',
  remedy,
}
const tracing: Rule = {
  rule: 'secret-traced',
  title: 'set -x writes every command into the log, with the secrets in it',
  remedy: 'remove set -x',
}
const listing: Rule = {
  rule: 'secret-printed',
  title: 'all variables are written into the log, also the secret ones',
  remedy,
}
