import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Signer, signersNamed } from '../config/signer.ts'
import { allowedSkewMs } from '../kernel/clock.ts'
import { type ExitCode, exitCodes } from '../kernel/exit.ts'
import { jsonOf } from '../kernel/json.ts'
import type { RunRecord } from '../kernel/record.ts'
import { runStatementName, sha256Hex } from './run-statement.ts'
import { verifyText } from './ssh-signature.ts'
import { runStatementSchema } from './statement.ts'

export interface VerifyRequest {
  /** Absolute; the folder of all outputs, possibly downloaded from elsewhere. */
  qaDir: string
  commit?: string | undefined
  environment?: string | undefined
  profile?: string | undefined
  maxAgeMs?: number | undefined
  /** Digest of the gatekit.yaml and gate files of today; the run must have judged by the same. */
  configSha256?: string | undefined
  /** Names or roles, one of whom must have signed the run. */
  signedBy?: readonly string[] | undefined
  signers: Readonly<Record<string, Signer>>
  now: number
}

export interface Objection {
  /** `other-commit`, `edited`, `missing` …: stable, for machines. */
  code: string
  text: string
  exitCode: ExitCode
}

export interface Verification {
  objections: Objection[]
  run?: RunRecord
  /** Files that were hashed and found as recorded. */
  files: number
}

const object = (code: string, text: string, exitCode: ExitCode): Objection => ({ code, text, exitCode })

/**
 * Looks for positive evidence that a run passed: the record says PASS for this commit and environment, it is young enough, every result and every
 * piece of evidence is there and hashes to what was recorded. What cannot be found is an objection, never an assumption.
 */
export async function verifyRun(request: VerifyRequest): Promise<Verification> {
  const text = await readFile(join(request.qaDir, 'run.json'), 'utf8').catch(() => undefined)
  if (text === undefined) {
    return {
      objections: [object('missing', `${request.qaDir} holds no record of a run`, exitCodes.incomplete)],
      files: 0,
    }
  }
  const run = jsonOf(text) as RunRecord | undefined
  if (!run || typeof run.status !== 'string') {
    return { objections: [object('edited', 'run.json is not the record of a run', exitCodes.fail)], files: 0 }
  }
  if ((run.status as string) === 'RUNNING' || !Array.isArray(run.gates)) {
    return {
      objections: [
        object('unfinished', 'the run has not finished: it still runs, or it was killed', exitCodes.incomplete),
      ],
      files: 0,
    }
  }
  const artefacts = await judgeArtefacts(run, text, request)
  return { run, files: artefacts.files, objections: [...judgeRecord(run, request), ...artefacts.objections] }
}

function judgeRecord(run: RunRecord, request: VerifyRequest): Objection[] {
  const { commit, environment, profile, maxAgeMs, now, configSha256 } = request
  const found: Objection[] = []
  if (run.status !== 'PASS')
    found.push(object('not-passed', `the run is ${run.status}: ${run.reason}`, run.exitCode || exitCodes.fail))
  const red = run.gates.filter((gate) => gate.status !== 'PASS')
  if (run.status === 'PASS' && (red.length > 0 || run.gates.length === 0 || run.exitCode !== 0)) {
    found.push(object('edited', 'the verdict is PASS and its gates are not: the record was edited', exitCodes.fail))
  }
  if (commit && run.commit !== commit) {
    found.push(
      object('other-commit', `the run is about commit ${run.commit ?? '(unknown)'}, not ${commit}`, exitCodes.stale),
    )
  }
  if (commit && run.dirty)
    found.push(object('dirty', 'the run judged a checkout with changes of its own', exitCodes.stale))
  if (environment && run.environment.name !== environment) {
    found.push(
      object('other-environment', `the run is about ${run.environment.name}, not ${environment}`, exitCodes.incomplete),
    )
  }
  if (profile && run.profile !== profile) {
    found.push(object('other-profile', `the run is of ${run.profile}, not ${profile}`, exitCodes.incomplete))
  }
  if (configSha256 && run.configSha256 !== configSha256) {
    found.push(object('other-gates', 'the gates have changed since the run', exitCodes.stale))
  }
  return [...found, ...judgeAge(run, maxAgeMs, now)]
}

function judgeAge({ finishedAt, validUntil }: RunRecord, maxAgeMs: number | undefined, now: number): Objection[] {
  const finished = Date.parse(finishedAt)
  if (Number.isNaN(finished)) return [object('edited', 'the record does not say when the run ended', exitCodes.fail)]
  if (finished > now + allowedSkewMs)
    return [object('future', `the run ended in the future (${finishedAt})`, exitCodes.fail)]
  const minutes = Math.round((now - finished) / 60_000)
  if (maxAgeMs !== undefined && now - finished > maxAgeMs) {
    return [
      object('too-old', `the run is ${minutes} min old, more than ${Math.round(maxAgeMs / 60_000)}`, exitCodes.stale),
    ]
  }
  if (!(Date.parse(validUntil) > now))
    return [object('expired', `the run was valid until ${validUntil}`, exitCodes.stale)]
  return []
}

async function judgeArtefacts(
  run: RunRecord,
  recordText: string,
  { qaDir, signedBy, signers }: VerifyRequest,
): Promise<{ objections: Objection[]; files: number }> {
  const objections: Objection[] = []
  let files = 0
  const statementText = await readFile(join(qaDir, runStatementName), 'utf8').catch(() => undefined)
  const statement = statementText === undefined ? undefined : runStatementSchema.safeParse(jsonOf(statementText))
  const digests = new Map(statement?.data?.subject.map(({ name, digest }) => [name, digest.sha256 ?? digest.gitCommit]))
  if (statement === undefined)
    objections.push(object('missing', `${runStatementName} is not there`, exitCodes.incomplete))
  else if (!statement.success)
    objections.push(object('edited', `${runStatementName} is not the statement of a run`, exitCodes.fail))

  const hash = (name: string, data: string | Buffer, wanted: string | undefined): void => {
    files++
    if (wanted !== sha256Hex(data))
      objections.push(object('edited', `${name} is not what the run left`, exitCodes.fail))
  }
  if (digests.size > 0) hash('run.json', recordText, digests.get('run.json'))
  for (const gate of run.gates) {
    const dir = await folderOf(qaDir, gate.outDir)
    const results = dir && (await readFile(join(dir, 'tests.json')).catch(() => undefined))
    if (!dir || !results) {
      objections.push(object('missing', `the results of ${gate.id} are not there`, exitCodes.incomplete))
      continue
    }
    if (digests.size > 0) hash(join(gate.outDir, 'tests.json'), results, digests.get(join(gate.outDir, 'tests.json')))
    objections.push(...agree(gate, jsonOf(results.toString()), run))
    for (const { path, sha256 } of gate.checks.flatMap(({ evidence }) => evidence)) {
      const bytes = await readFile(join(dir, path)).catch(() => undefined)
      if (bytes) hash(join(gate.outDir, path), bytes, sha256)
      else objections.push(object('missing', `${join(gate.outDir, path)} is not there`, exitCodes.incomplete))
    }
  }
  if (signedBy) objections.push(...(await judgeSignature(qaDir, statementText, signedBy, signers)))
  return { objections, files }
}

/** What people read must say what the record says. */
function agree(gate: RunRecord['gates'][number], results: unknown, run: RunRecord): Objection[] {
  const { status, gatekit } = (results ?? {}) as { status?: string; gatekit?: { runId?: string; planSha256?: string } }
  const isSame = status === gate.status && gatekit?.runId === run.runId && gatekit?.planSha256 === run.planSha256
  return isSame
    ? []
    : [object('edited', `the results of ${gate.id} and the record of the run disagree`, exitCodes.fail)]
}

/** `qa/stage6/v0.6.0` below a folder that may have another name by now. */
export async function folderOf(qaDir: string, outDir: string): Promise<string | undefined> {
  const parts = outDir.split('/')
  for (let skipped = 1; skipped < parts.length; skipped++) {
    const dir = join(qaDir, ...parts.slice(skipped))
    if (
      await stat(dir).then(
        (info) => info.isDirectory(),
        () => false,
      )
    )
      return dir
  }
  return undefined
}

async function judgeSignature(
  qaDir: string,
  statement: string | undefined,
  signedBy: readonly string[],
  signers: VerifyRequest['signers'],
): Promise<Objection[]> {
  const wanted = signedBy.join(' or ')
  const allowed = signersNamed(signers, signedBy)
  const signature = await readFile(join(qaDir, `${runStatementName}.sig`), 'utf8').catch(() => undefined)
  if (signature === undefined || statement === undefined)
    return [object('unsigned', `the run is not signed by ${wanted}`, exitCodes.incomplete)]
  for (const signer of allowed) if (await verifyText(statement, signature, signer)) return []
  return [object('forged', `the signature of the run is not of ${wanted}, or the statement was edited`, exitCodes.fail)]
}
