import { matchesAddress } from '../address.ts'
import { found, type Judged, mergeJudged, type Reviewed, shownValue } from '../judged.ts'
import { leavesOf } from '../leaves.ts'
import type { PlanRule } from '../options.ts'
import { type PlacedLeaf, plannedLeaves } from '../placed-leaves.ts'
import { judgeKeys } from './keys.ts'

/** T8: attributes that fit the pattern have the wanted form; none at all, or one that is not known yet, is no agreement. */
function judgeAttribute(rule: Extract<PlanRule, { attr: string }>, leaves: PlacedLeaf[]): Partial<Judged> {
  const fitting = leaves.filter(({ where }) => matchesAddress(rule.attr, where))
  const known = fitting.filter(({ isUnknown }) => !isUnknown)
  const expression = new RegExp(rule.match)
  const wrong = known.filter(({ value }) => !expression.test(String(value)))
  return {
    findings: wrong.map(({ where, value, isSensitive }) =>
      found('T8', where, `to match ${rule.match}`, isSensitive ? '(sensitive)' : shownValue(value)),
    ),
    undecided: fitting.filter(({ isUnknown }) => isUnknown).map(({ where }) => `T8 ${where} is unknown until applied`),
    noData:
      fitting.length < rule.minMatches
        ? [`T8 ${rule.attr} matched ${fitting.length} attributes, fewer than ${rule.minMatches}`]
        : [],
  }
}

const hostFits = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern

/** T9: every URL that will be there leads to this environment's domain. */
function judgeDomain(rule: Extract<PlanRule, { domain: string }>, leaves: PlacedLeaf[]): Partial<Judged> {
  const urls = leaves.filter(({ value }) => typeof value === 'string' && /^https?:\/\//i.test(value))
  const unknown = leaves.filter(({ isUnknown, path }) => isUnknown && /(^|[._])url$/.test(path))
  const isWelcome = (host: string): boolean => [rule.domain, ...rule.allow].some((pattern) => hostFits(pattern, host))
  const hosts = urls.map((leaf) => ({ ...leaf, host: hostOf(String(leaf.value)) }))
  return {
    findings: hosts
      .filter(({ host }) => !isWelcome(host))
      .map(({ where, host }) => found('T9', where, `a URL at ${rule.domain}`, host)),
    undecided: unknown.map(({ where }) => `T9 ${where} is unknown until applied`),
    noData: hosts.some(({ host }) => host === rule.domain) ? [] : [`T9 no URL at ${rule.domain} is planned`],
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname
  } catch {
    return 'no host that can be read'
  }
}

/** T10: words of another environment anywhere in what is planned or was given. */
function judgeWords(
  { forbidWords }: Extract<PlanRule, { forbidWords: string[] }>,
  places: PlacedLeaf[],
): Partial<Judged> {
  const found10 = places.flatMap(({ where, value, isSensitive }) => {
    if (typeof value !== 'string') return []
    const word = forbidWords.find((one) => value.toLowerCase().includes(one.toLowerCase()))
    return word ? [found('T10', where, `nothing of ${word}`, isSensitive ? '(sensitive)' : shownValue(value))] : []
  })
  return { findings: found10, noData: places.length === 0 ? ['T10 the plan holds no value to look at'] : [] }
}

/** The user's own rules over the values of a plan. */
export function judgeValues(reviewed: Reviewed): Partial<Judged> {
  const planned = plannedLeaves(reviewed)
  const variables = leavesOf(reviewed.plan.variables).map((leaf) => ({
    ...leaf,
    where: `var.${leaf.path.replace(/\.value$/, '')}`,
  }))
  const judged = reviewed.options.rules.map((rule) => {
    if ('attr' in rule) return judgeAttribute(rule, planned)
    if ('domain' in rule) return judgeDomain(rule, planned)
    // Variables carry no mark of sensitivity, so none of their values is ever shown.
    if ('forbidWords' in rule)
      return judgeWords(rule, [...planned, ...variables.map((one) => ({ ...one, isSensitive: true }))])
    return judgeKeys(rule, reviewed)
  })
  return mergeJudged(judged)
}
