import type { YamlSource } from '../../kernel/place.ts'
import { type CiFinding, findingAt, placeInScript, type Rule } from './finding.ts'
import { asRecord, asText, judging } from './github.ts'
import { deploying, proofs } from './github-jobs.ts'
import { printedSecrets } from './printed-secrets.ts'
import { gatekitCalls, scriptFindings, sleepFindings } from './script.ts'
import { applies, terraformFindings } from './terraform.ts'

/** Keys of .gitlab-ci.yml that are no jobs. */
const reserved = ['default', 'include', 'stages', 'variables', 'workflow', 'image', 'services', 'cache', 'spec']

/** Where a pipeline names none; a job without a stage is in `test`. */
const usualStages = ['build', 'test', 'deploy']

/** The runner starts its scripts with `set -eo pipefail`. */
const habits = { errexit: true, pipefail: true }

interface GitlabJob {
  id: string
  value: Record<string, unknown>
  script: string
  /** The gatekit commands of its script. */
  calls: string[]
  /** Its place in the order of stages, from 0. */
  stage: number
  /** Jobs that it waits for, where it names them; undefined: all of the stages before. */
  needs: string[] | undefined
}

/** What a GitLab pipeline does to the verdicts of gatekit; `calls` is how often it runs it. */
export function lintGitlab(source: YamlSource): { calls: number; findings: CiFinding[] } {
  const pipeline = asRecord(source.value)
  const stages = ['.pre', ...(Array.isArray(pipeline.stages) ? pipeline.stages : usualStages), '.post'].map(asText)
  const jobs = Object.entries(pipeline)
    .filter(([id]) => !reserved.includes(id))
    .map(([id, value]) => jobOf(id, asRecord(value), stages))
  const isApplied = jobs.some(({ script }) => applies(script))
  const findings = jobs.flatMap((job) => [
    ...(job.calls.length > 0 ? gateFindings(source, job.id, job.value, job.script, job.calls) : []),
    ...deployFindings(source, job, jobs),
    ...scriptsOf(source, job, isApplied),
    ...imageNotes(source, job),
  ])
  return { calls: jobs.flatMap((job) => job.calls).length, findings }
}

function jobOf(id: string, value: Record<string, unknown>, stages: readonly string[]): GitlabJob {
  const script = [value.before_script ?? [], value.script ?? []].flat(3).map(asText).join('\n')
  const needs = Array.isArray(value.needs)
    ? value.needs.map((each) => (typeof each === 'string' ? each : asText(asRecord(each).job)))
    : undefined
  const stage = stages.indexOf(asText(value.stage ?? 'test'))
  return { id, value, script, calls: gatekitCalls(script), stage, needs }
}

const judges = ({ calls }: GitlabJob): boolean => calls.some((name) => judging.includes(name))

/** A job that brings something to people waits for the gates, stops when they fail, and looks at their evidence. */
function deployFindings(source: YamlSource, job: GitlabJob, jobs: readonly GitlabJob[]): CiFinding[] {
  const { id, value, script, calls, needs } = job
  const isDeploy = value.environment !== undefined || /(^|[-_\s])(deploy|publish)/i.test(id) || deploying.test(script)
  if (!isDeploy || judges(job) || asRecord(value.environment).action === 'stop') return []
  const gates = jobs.filter(judges)
  const isFreed = gates.length > 0 && !gates.some((gate) => reaches(job, gate, jobs))
  const isElsewhere = value.trigger !== undefined
  const isProven = isElsewhere || calls.some((name) => proofs.includes(name))
  return [
    ...(isFreed ? [findingAt(notNeeded, source.place(needs ? [id, 'needs'] : [id], 'key'))] : []),
    ...(value.when === 'always' && !isProven ? [findingAt(notAsked, source.place([id, 'when'], 'key'))] : []),
    ...(isProven ? [] : [findingAt(notVerified, source.place([id], 'key'))]),
  ]
}

/** Whether a job waits for another; one that names none waits for all of the stages before its own. */
function reaches(job: GitlabJob, gate: GitlabJob, jobs: readonly GitlabJob[], seen: readonly string[] = []): boolean {
  if (job.needs === undefined) return gate.stage < job.stage
  if (job.needs.includes(gate.id)) return true
  return job.needs.some((need) => {
    const next = jobs.find((other) => other.id === need)
    return next !== undefined && !seen.includes(need) && reaches(next, gate, jobs, [...seen, need])
  })
}

function scriptsOf(source: YamlSource, { id, script, calls }: GitlabJob, isApplied: boolean): CiFinding[] {
  const settings = { isGuarded: calls.includes('apply-guard'), applies: isApplied }
  return [...terraformFindings(script, settings), ...printedSecrets(script, [])].map((found) =>
    findingAt(found, placeInScript(source, [id, 'script'], found)),
  )
}

function imageNotes(source: YamlSource, { id, value, calls }: GitlabJob): CiFinding[] {
  const isNamed = typeof value.image === 'string'
  const image = isNamed ? asText(value.image) : asText(asRecord(value.image).name)
  const isMoving = image !== '' && !/[$@]|:(?!latest$)[^/]+$/.test(image)
  const path = isNamed ? [id, 'image'] : [id, 'image', 'name']
  return calls.length > 0 && isMoving ? [findingAt(movingImage, source.place(path))] : []
}

function gateFindings(
  source: YamlSource,
  id: string,
  job: Record<string, unknown>,
  script: string,
  calls: readonly string[],
): CiFinding[] {
  const at = (key: string) => source.place([id, key], 'key')
  const findings: CiFinding[] = []
  if (job.allow_failure !== undefined && job.allow_failure !== false)
    findings.push(findingAt(allowFailure, at('allow_failure')))
  const isJudging = calls.some((name) => judging.includes(name))
  const inScript = [...scriptFindings(script, habits), ...(isJudging ? sleepFindings(script) : [])]
  for (const found of inScript) findings.push(findingAt(found, placeInScript(source, [id, 'script'], found)))
  if (!isJudging) return findings
  if (job.when === 'manual') findings.push(findingAt(manual, at('when')))
  if (job.timeout === undefined) findings.push(findingAt(noTimeout, source.place([id], 'key')))
  const artifacts = asRecord(job.artifacts)
  if (job.artifacts === undefined) findings.push(findingAt(notKept, source.place([id], 'key')))
  else if (artifacts.when !== 'always') findings.push(findingAt(keptOnSuccess, at('artifacts')))
  return findings
}

const notNeeded: Rule = {
  rule: 'gate-not-needed',
  title: 'this deployment begins without waiting for a gate',
  remedy: 'needs: the job that runs gatekit',
}
const notAsked: Rule = {
  rule: 'needs-result-not-checked',
  title: 'this deployment also runs when a gate before it has failed',
  remedy: 'when: on_success, or gatekit verify',
}
const movingImage: Rule = {
  rule: 'moving-image',
  title: 'the image is whatever its name means today',
  remedy: 'name a version, or a digest',
  isNote: true,
}
const allowFailure: Rule = {
  rule: 'allow-failure',
  title: 'the pipeline is green whatever gatekit found',
  remedy: 'remove allow_failure; waive a check with gatekit waive, which ends by itself',
}
const manual: Rule = {
  rule: 'gate-can-be-skipped',
  title: 'a gate that nobody starts holds nothing back',
  remedy: 'let it run by itself; ask people with an attest check',
}
const noTimeout: Rule = {
  rule: 'no-timeout',
  title: 'a gate without a time limit can hold a runner for an hour',
  remedy: 'timeout: 20 minutes',
}
const notKept: Rule = {
  rule: 'not-kept',
  title: 'the evidence of this gate is thrown away with the runner',
  remedy: 'artifacts: { when: always, paths: [qa/] }',
}
const keptOnSuccess: Rule = {
  rule: 'upload-not-always',
  title: 'the evidence is lost exactly when the gate fails',
  remedy: 'artifacts: when: always',
}
const notVerified: Rule = {
  rule: 'deploy-without-verify',
  title: 'this deployment goes by the colour of other jobs, and looks at no evidence',
  remedy: 'gatekit verify qa/ --commit "$CI_COMMIT_SHA" --env <name> --max-age 2h before anything is changed',
}
