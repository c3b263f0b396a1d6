import type { YamlSource } from '../../kernel/place.ts'
import { type CiFinding, findingAt, type Rule } from './finding.ts'
import { asText, type Job, judging } from './github.ts'

/** Commands that look at evidence. */
export const proofs = ['verify', 'promote', 'apply-guard']
/** Commands that change what people use. */
export const deploying =
  /\b(?:terraform|tofu|terragrunt)\s+(?:-chdir=\S+\s+)?apply\b|\bkubectl\s+(?:apply|set|rollout)\b|\bhelm\s+(?:upgrade|install)\b|\b(?:npm|pnpm|yarn)\s+publish\b|\bdocker\s+push\b|\b(?:vercel|flyctl|fly|serverless|sls|cdk)\s+deploy\b/

const judges = (job: Job): boolean => job.calls.some((name) => judging.includes(name))

/** A job that brings something to people: by its environment, its name or its commands. */
const deploys = (job: Job): boolean =>
  job.value.environment !== undefined ||
  /(^|[-_\s])(deploy|publish|promote)/i.test(`${job.id} ${asText(job.value.name)}`) ||
  job.steps.some((step) => deploying.test(step.run))

/** A job that stands for others, as branch protection is often set to require. */
const standsForOthers = (job: Job): boolean =>
  /(^|[-_\s])(gates?|required|verdict|success|all|status|checks?)($|[-_\s])/i.test(
    `${job.id} ${asText(job.value.name)}`,
  )

/** What a job does to the verdicts: its own, and those of the jobs that it waits for. */
export function jobFindings(source: YamlSource, job: Job, jobs: readonly Job[]): CiFinding[] {
  const at = (key: string) => source.place([...job.path, key], 'key')
  const findings: CiFinding[] = []
  const own = source.place(job.path, 'key')
  const masked = job.value['continue-on-error']
  if (job.calls.length > 0 && masked !== undefined && masked !== false)
    findings.push(findingAt(continueOnError, at('continue-on-error')))
  if (judges(job)) {
    const isBounded =
      job.value['timeout-minutes'] !== undefined ||
      job.steps.filter((step) => step.calls.length > 0).every((step) => step.value['timeout-minutes'] !== undefined)
    if (!isBounded) findings.push(findingAt(noTimeout, own))
    if (job.if !== '' && !/^\W*(always\(\)|!\s*cancelled\(\))\W*$/.test(job.if))
      findings.push(findingAt(skippable, at('if')))
    const isKept = job.steps.some((step) => /upload-artifact@/.test(step.uses))
    if (!isKept) findings.push(findingAt(notKept, own))
  }
  const isSharded = job.steps.some((step) => /gatekit[^\n]*--shard/.test(step.run.replaceAll('\\\n', ' ')))
  if (isSharded && !jobs.some((other) => other.calls.includes('merge'))) findings.push(findingAt(notMerged, own))
  return [...findings, ...waitFindings(source, job, jobs)]
}

function waitFindings(source: YamlSource, job: Job, jobs: readonly Job[]): CiFinding[] {
  const gates = jobs.filter((other) => other !== job && judges(other))
  const waitsFor = gates.filter((gate) => reaches(job, gate.id, jobs))
  const isDeploy = deploys(job) && !judges(job)
  const findings: CiFinding[] = []
  const own = source.place(job.path, 'key')
  if (isDeploy && gates.length > 0 && waitsFor.length === 0) findings.push(findingAt(notNeeded, own))
  // A job that calls another workflow has its steps there.
  const isElsewhere = job.value.uses !== undefined
  if (isDeploy && !isElsewhere && !job.calls.some((name) => proofs.includes(name)))
    findings.push(findingAt(notVerified, own))
  const goesOn = /always\(\)|cancelled\(\)|failure\(\)/.test(job.if)
  if (!goesOn || waitsFor.length === 0 || !(isDeploy || standsForOthers(job)) || job.calls.includes('merge'))
    return findings
  if (job.calls.some((name) => proofs.includes(name))) return findings
  const asked = `${job.if}\n${JSON.stringify(job.value.steps ?? [])}`
  const direct = waitsFor.filter(({ id }) => job.needs.includes(id))
  const isAsked = (direct.length > 0 ? direct : waitsFor).every(
    ({ id }) => asked.includes(`needs.${id}.result`) || /needs\.\*\.result|toJSON\(needs\)/i.test(asked),
  )
  if (!isAsked) findings.push(findingAt(notAsked, source.place([...job.path, 'if'], 'key')))
  return findings
}

/** Whether a job waits for another, over however many others. */
function reaches(job: Job, id: string, jobs: readonly Job[], seen: readonly string[] = []): boolean {
  if (job.needs.includes(id)) return true
  return job.needs.some((need) => {
    const next = jobs.find((other) => other.id === need)
    return next !== undefined && !seen.includes(need) && reaches(next, id, jobs, [...seen, need])
  })
}

const continueOnError: Rule = {
  rule: 'continue-on-error',
  title: 'a job that may fail fails nobody: those that need it go on',
  remedy: 'remove continue-on-error; waive a check with gatekit waive, which ends by itself',
}
const noTimeout: Rule = {
  rule: 'no-timeout',
  title: 'a gate without a time limit can hold a runner for six hours',
  remedy: 'timeout-minutes: 20',
}
const skippable: Rule = {
  rule: 'gate-can-be-skipped',
  title: 'a skipped job counts as success where it is required',
  remedy: 'put the condition into the gate (when:), where a skip is told and does not count as a pass',
}
const notKept: Rule = {
  rule: 'not-kept',
  title: 'the evidence of this gate is thrown away with the runner',
  remedy: 'upload qa/ with if: always() and if-no-files-found: error',
}
const notMerged: Rule = {
  rule: 'shards-not-merged',
  title: 'shards are run and never put together: a missing one is not seen',
  remedy: 'gatekit merge --plan plan.json shards/ in a job that needs all of them',
}
const notNeeded: Rule = {
  rule: 'gate-not-needed',
  title: 'this deployment waits for no gate',
  remedy: 'needs: the job that runs gatekit',
}
const notVerified: Rule = {
  rule: 'deploy-without-verify',
  title: 'this deployment goes by the colour of other jobs, and looks at no evidence',
  remedy: 'gatekit verify qa/ --commit "$GITHUB_SHA" --env <name> --max-age 2h before anything is changed',
}
const notAsked: Rule = {
  rule: 'needs-result-not-checked',
  title: 'this job also runs when a gate it needs has failed or was skipped',
  remedy: "if: always() && needs.<gate>.result == 'success', or gatekit verify",
}
