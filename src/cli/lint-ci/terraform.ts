import type { Rule } from './finding.ts'
import { at, linesOf, type ScriptFinding } from './script.ts'

const command =
  /(?<![\w-])((?:[\w./${}-]*\/)?(?:terraform|tofu|terragrunt)(?:\s+-chdir=\S+)?\s+(apply|plan|destroy))(?![\w-])([^;&|<>]*)/g
/** Flags of Terraform whose value may be the next word. */
const withValue =
  /^--?(?:backup|generate-config-out|lock-timeout|out|parallelism|replace|state|state-out|target|var|var-file)$/

/**
 * Where a script changes infrastructure by a plan that nobody has read, or makes one that nobody can apply. `isGuarded`: the job asks
 * `gatekit apply-guard`; `applies`: something in this workflow applies, so that a plan that is not kept is more than a look.
 */
export function terraformFindings(
  script: string,
  { isGuarded, applies }: { isGuarded: boolean; applies: boolean },
): ScriptFinding[] {
  return commandsOf(script).flatMap(({ line, offset, text, verb, words }) => {
    const find = (rule: Rule) => [at(line, offset, text, rule)]
    const says = (name: string) => words.some((word) => new RegExp(`^--?${name}(?:=(?!false)|$)`).test(word))
    if (verb === 'plan') return says('out') ? [] : find({ ...planNotKept, isNote: !applies })
    if (verb === 'destroy') return says('auto-approve') ? find(destroys) : []
    if (positional(words) === 0) return find(says('auto-approve') ? autoApprove : applyWithoutPlan)
    return isGuarded ? [] : find(notGuarded)
  })
}

/** Whether a script applies at all. */
export const applies = (script: string): boolean => commandsOf(script).some(({ verb }) => verb === 'apply')

const commandsOf = (script: string) =>
  linesOf(script).flatMap((line) =>
    [...line.text.matchAll(command)].map((match) => ({
      line,
      offset: match.index,
      text: match[1]!,
      verb: match[2]!,
      words: match[3]!.trim().split(/\s+/).filter(Boolean),
    })),
  )

/** Words that are neither flags nor their values: the plan file. */
const positional = (words: readonly string[]): number =>
  words.filter((word, i) => !word.startsWith('-') && !withValue.test(words[i - 1] ?? '')).length

const guarded = 'terraform plan -out=FILE, a review of FILE, then gatekit apply-guard FILE && terraform apply FILE'
const applyWithoutPlan: Rule = {
  rule: 'apply-without-plan',
  title: 'terraform plans again here, and applies what nobody has reviewed',
  remedy: guarded,
}
const autoApprove: Rule = {
  rule: 'auto-approve',
  title: 'terraform plans again here, and applies what it finds without asking anybody',
  remedy: guarded,
}
const notGuarded: Rule = {
  rule: 'apply-not-guarded',
  title: 'nobody asks whether this plan is the one that was reviewed',
  remedy: 'gatekit apply-guard FILE && terraform apply FILE',
}
const planNotKept: Rule = {
  rule: 'plan-not-kept',
  title: 'the plan that is shown here is not kept: what is applied is another',
  remedy: 'terraform plan -out=FILE, and apply FILE',
}
const destroys: Rule = {
  rule: 'auto-approve',
  title: 'everything is destroyed without asking anybody',
  remedy: 'terraform plan -destroy -out=FILE, a review of FILE, then apply FILE',
}
