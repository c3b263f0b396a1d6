import type { YamlSource } from '../../kernel/place.ts'
import { type CiFinding, findingAt, placeInScript, type Rule } from './finding.ts'
import { asRecord, asText, judging } from './github.ts'
import { gatekitCalls, scriptFindings, sleepFindings } from './script.ts'

/** Keys of .gitlab-ci.yml that are no jobs. */
const reserved = ['default', 'include', 'stages', 'variables', 'workflow', 'image', 'services', 'cache', 'spec']

/** The runner starts its scripts with `set -eo pipefail`. */
const habits = { errexit: true, pipefail: true }

/** What a GitLab pipeline does to the verdicts of gatekit; `calls` is how often it runs it. */
export function lintGitlab(source: YamlSource): { calls: number; findings: CiFinding[] } {
  const jobs = Object.entries(asRecord(source.value)).filter(([id]) => !reserved.includes(id))
  let calls = 0
  const findings = jobs.flatMap(([id, raw]) => {
    const job = asRecord(raw)
    const script = [job.before_script ?? [], job.script ?? []].flat(3).map(asText).join('\n')
    const own = gatekitCalls(script)
    calls += own.length
    if (own.length > 0) return gateFindings(source, id, job, script, own)
    const isDeploy = job.environment !== undefined || /(^|[-_\s])(deploy|publish)/i.test(id)
    return isDeploy ? [findingAt(notVerified, source.place([id], 'key'))] : []
  })
  return { calls, findings: calls > 0 ? findings : [] }
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
