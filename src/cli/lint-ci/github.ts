import type { Path, YamlSource } from '../../kernel/place.ts'
import { type CiFinding, findingAt, placeInScript, type Rule } from './finding.ts'
import { jobFindings } from './github-jobs.ts'
import { printedSecrets } from './printed-secrets.ts'
import { gatekitCalls, type ShellHabits, scriptFindings, sleepFindings } from './script.ts'
import { applies, terraformFindings } from './terraform.ts'

export interface Step {
  path: Path
  run: string
  uses: string
  if: string
  value: Record<string, unknown>
  calls: string[]
}

export interface Job {
  id: string
  path: Path
  value: Record<string, unknown>
  needs: string[]
  if: string
  steps: Step[]
  /** The gatekit commands of all its steps. */
  calls: string[]
}

/** Commands that judge: their jobs are what others wait for. */
export const judging = ['run-all', 'run', 'stage6', 'payments', 'drill', 'readiness', 'merge']

export const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
export const asText = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

/** What a GitHub Actions workflow does to the verdicts of gatekit; `calls` is how often it runs it. */
export function lintGithub(source: YamlSource): { calls: number; findings: CiFinding[] } {
  const workflow = asRecord(source.value)
  const jobs = Object.entries(asRecord(workflow.jobs)).map(([id, value]) => jobOf(id, asRecord(value)))
  const calls = jobs.flatMap((job) => job.calls).length
  const isApplied = jobs.some((job) => job.steps.some((step) => applies(step.run)))
  const findings = jobs.flatMap((job) => [
    ...job.steps.flatMap((step) => [
      ...stepFindings(source, step, job, habitsOf(step, job, workflow)),
      ...scriptsOf(source, step, job, workflow, isApplied),
      ...(calls > 0 ? versionNotes(source, step) : []),
    ]),
    ...jobFindings(source, job, jobs),
  ])
  return { calls, findings }
}

/** What a script does to infrastructure and to secrets, whether gatekit stands in it or not. */
function scriptsOf(
  source: YamlSource,
  step: Step,
  job: Job,
  workflow: Record<string, unknown>,
  isApplied: boolean,
): CiFinding[] {
  const variables = { ...asRecord(workflow.env), ...asRecord(job.value.env), ...asRecord(step.value.env) }
  const held = Object.keys(variables).filter((name) => /\bsecrets\b|github\.token/.test(asText(variables[name])))
  const settings = { isGuarded: job.calls.includes('apply-guard'), applies: isApplied }
  return [...terraformFindings(step.run, settings), ...printedSecrets(step.run, held)].map((found) =>
    findingAt(found, placeInScript(source, [...step.path, 'run'], found)),
  )
}

function jobOf(id: string, value: Record<string, unknown>): Job {
  const path = ['jobs', id]
  const steps = (Array.isArray(value.steps) ? value.steps : []).map((raw, index): Step => {
    const step = asRecord(raw)
    const run = asText(step.run)
    return {
      path: [...path, 'steps', index],
      run,
      uses: asText(step.uses),
      if: asText(step.if),
      value: step,
      calls: gatekitCalls(run),
    }
  })
  return {
    id,
    path,
    value,
    needs: [value.needs ?? []].flat().map(String),
    if: asText(value.if),
    steps,
    calls: steps.flatMap((step) => step.calls),
  }
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax: without `shell`, bash gets -e and no pipefail. */
function habitsOf(step: Step, job: Job, workflow: Record<string, unknown>): ShellHabits {
  const shellOf = (value: Record<string, unknown>) => asRecord(asRecord(value.defaults).run).shell
  const shell = asText(step.value.shell ?? shellOf(job.value) ?? shellOf(workflow))
  if (shell === '' || shell === 'sh') return { errexit: true, pipefail: false }
  if (shell === 'bash') return { errexit: true, pipefail: true }
  const isBash = /^(?:ba)?sh\b/.test(shell)
  return { errexit: isBash && /\s-\w*e/.test(shell), pipefail: /pipefail/.test(shell) }
}

function stepFindings(source: YamlSource, step: Step, job: Job, habits: ShellHabits): CiFinding[] {
  const findings: CiFinding[] = []
  const at = (key: string) => source.place([...step.path, key], 'key')
  const isOn = (value: unknown) => value !== undefined && value !== false && asText(value) !== 'false'
  if (step.calls.length > 0 && isOn(step.value['continue-on-error']))
    findings.push(findingAt(continueOnError, at('continue-on-error')))
  const inScript = [
    ...scriptFindings(step.run, habits),
    ...(job.calls.some((name) => judging.includes(name)) ? sleepFindings(step.run) : []),
  ]
  for (const found of inScript) findings.push(findingAt(found, placeInScript(source, [...step.path, 'run'], found)))
  if (step.calls.length > 0 && step.if !== '' && !/always\(\)|cancelled\(\)/.test(step.if))
    findings.push(findingAt(stepSkippable, at('if')))
  return [...findings, ...uploadFindings(source, step)]
}

/** The outputs are wanted most when a gate has failed. */
function uploadFindings(source: YamlSource, step: Step): CiFinding[] {
  if (!/^actions\/upload-artifact@/.test(step.uses)) return []
  const settings = asRecord(step.value.with)
  if (!/(^|[\s/])qa(\/|\s|$)/m.test(asText(settings.path))) return []
  const findings: CiFinding[] = []
  const isAlways =
    /always\(\)|!\s*cancelled\(\)/.test(step.if) || (/success\(\)/.test(step.if) && /failure\(\)/.test(step.if))
  if (!isAlways)
    findings.push(findingAt(uploadNotAlways, source.place([...step.path, step.if === '' ? 'uses' : 'if'], 'key')))
  if (settings['if-no-files-found'] !== 'error')
    findings.push(findingAt(uploadMayBeEmpty, source.place([...step.path, 'with'], 'key')))
  return findings
}

function versionNotes(source: YamlSource, step: Step): CiFinding[] {
  const place = source.place([...step.path, 'uses'])
  const names = Object.keys(asRecord(step.value.with))
  if (/^actions\/setup-/.test(step.uses) && !names.some((name) => name.includes('version')))
    return [findingAt(unpinnedSetup, place)]
  if (/@(main|master|latest|HEAD)$/.test(step.uses)) return [findingAt(movingAction, place)]
  return isPinned(step.uses) ? [] : [findingAt(unpinnedAction, place)]
}

/** GitHub's own actions by their version; those of others by what nobody can move. */
const isPinned = (uses: string): boolean =>
  uses === '' || /^(?:\.{1,2}\/|actions\/|github\/)/.test(uses) || /@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/.test(uses)

const continueOnError: Rule = {
  rule: 'continue-on-error',
  title: 'the job goes on, and is green, whatever gatekit found',
  remedy: 'remove continue-on-error; waive a check with gatekit waive, which ends by itself',
}
const stepSkippable: Rule = {
  rule: 'step-can-be-skipped',
  title: 'a step that is skipped leaves its job green',
  remedy: 'put the condition into the gate (when:), where a skip is told and does not count as a pass',
}
const uploadNotAlways: Rule = {
  rule: 'upload-not-always',
  title: 'the evidence is lost exactly when the gate fails',
  remedy: 'if: always()',
}
const uploadMayBeEmpty: Rule = {
  rule: 'upload-may-be-empty',
  title: 'a missing qa/ is uploaded as nothing, and nobody is told',
  remedy: 'if-no-files-found: error',
}
const unpinnedSetup: Rule = {
  rule: 'unpinned-version',
  title: 'the version of the tool is whatever the runner has today',
  remedy: 'name the version',
  isNote: true,
}
const movingAction: Rule = {
  rule: 'moving-action',
  title: 'the action can change without a commit of yours',
  remedy: 'name a version, or a commit',
  isNote: true,
}
const unpinnedAction: Rule = {
  rule: 'unpinned-action',
  title: 'whoever can move this tag decides what runs beside your secrets',
  remedy: 'name the commit: owner/action@<40 digits> # v1.2.3',
  isNote: true,
}
