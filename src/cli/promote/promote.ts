import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Environment } from '../../config/environment.ts'
import { runStatementName, sha256Hex } from '../../evidence/run-statement.ts'
import { type Objection, verifyRun } from '../../evidence/verify.ts'
import { readGit } from '../../gates/git.ts'
import type { Project } from '../../gates/project.ts'
import { select } from '../../gates/select.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { usageError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode, exitCodes } from '../../kernel/exit.ts'
import type { RunRecord } from '../../kernel/record.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import { environmentsBefore, judgePath, judgeRules } from '../../promotion/judge.ts'
import { appendToLedger, readLedger } from '../../promotion/ledger.ts'
import { keyFileOf } from '../attest/key-file.ts'
import type { CommandContext } from '../define.ts'
import { performRun } from '../gate-run/perform.ts'
import { openProject } from '../gate-run/project.ts'

interface Move {
  project: Project
  from: Environment
  to: Environment
  commit: string
}

/** Judges a promotion, and records it when nothing objects. Everything that can be said is said at once; the gates run only when the path is in order. */
export async function promoteInto(context: CommandContext, fromName: string, toName: string): Promise<ExitCode> {
  const { cwd, env, screen, options } = context
  const { project } = await openProject(cwd, options.config as string | undefined)
  const from = environmentNamed(project, fromName)
  const to = environmentNamed(project, toName)
  const git = await readGit(project.rootDir, env)
  if (!git.sha)
    throw usageError('the commit is not known: this is no git checkout', 'promote from a checkout of the commit')
  const move: Move = { project, from, to, commit: git.sha }
  const signer = signerOf(context, move)
  const { objections, run } = await beforeGates(context, move, git.dirty ?? true)
  if (objections.length > 0 || !run) return refuse(context, move, objections)

  const rules = to.promotion
  const checks = rules
    ? await performRun({ ...context, options: { ...options, env: toName } }, selectionOf(project, rules.profile), {
        outRoot: `${project.outRoot}/promotion/${toName}`,
        anyBuild: true,
        silent: true,
      })
    : undefined
  if (checks && checks.exitCode !== 0) {
    return refuse(context, move, [
      { code: 'checks', text: `${rules?.profile}: ${checks.run.reason}`, exitCode: checks.exitCode },
      ...redChecks(checks.run),
    ])
  }
  const path = await appendToLedger(
    project.rootDir,
    {
      kind: 'promotion',
      from: fromName,
      to: toName,
      commit: move.commit,
      at: new Date().toISOString(),
      by: signer?.name ?? git.author ?? 'unknown',
      evidence: { runId: run.runId, finishedAt: run.finishedAt, statementSha256: await statementDigest(context) },
      ...(checks && { checks: { runId: checks.run.runId, planSha256: checks.run.planSha256 } }),
    },
    signer?.keyFile,
  )
  screen.print(
    `PROMOTED  ${move.commit.slice(0, 12)} ${fromName} -> ${toName}  recorded in ${path} (commit it after the last step)`,
  )
  return exitCodes.pass
}

function environmentNamed({ environments }: Project, name: string): Environment {
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined
  if (found && !found.embedded) return found
  const known = Object.keys(environments).filter((each) => !environments[each]?.embedded)
  throw usageError(
    `unknown environment "${name}"`,
    didYouMean(name, known) ?? `environments: ${known.join(', ') || 'none'}`,
  )
}

/** A profile, or a gate of that name. */
const selectionOf = (project: Project, name: string) =>
  Object.hasOwn(project.profiles, name) ? { profile: name } : { names: [name] }

function signerOf(
  { options, cwd }: CommandContext,
  { project, to }: Move,
): { name: string; keyFile: string } | undefined {
  const name = options.as as string | undefined
  if (name === undefined) {
    if (to.protected)
      throw usageError(`${to.name} is protected: its promotions are signed`, 'gatekit promote … --as NAME --key FILE')
    return undefined
  }
  const known = Object.keys(project.signers)
  if (!known.includes(name))
    throw usageError(
      `${name} is not a signer of gatekit.yaml`,
      didYouMean(name, known) ?? `signers: ${known.join(', ')}`,
    )
  const key = options.key as string
  return { name, keyFile: keyFileOf(key, cwd) }
}

async function beforeGates(
  context: CommandContext,
  move: Move,
  isDirty: boolean,
): Promise<{ objections: Objection[]; run?: RunRecord }> {
  const { project, from, to, commit } = move
  const now = Date.now()
  const rules = to.promotion
  const before = environmentsBefore(to.name, project.environments)
  const ledgers = new Map(
    await Promise.all(before.map(async (name) => [name, await readLedger(project.rootDir, name)] as const)),
  )
  const { objections, run } = await verifyRun({
    qaDir: resolve(context.cwd, context.options.evidence as string),
    commit,
    environment: from.name,
    profile: rules?.evidenceProfile,
    maxAgeMs: parseDuration(rules?.maxAge ?? '24h'),
    configSha256: project.configSha256,
    signedBy: rules?.signedBy,
    signers: project.signers,
    now,
  })
  const own = await readLedger(project.rootDir, to.name)
  const hasRollbackPlan = rules?.rollbackPlan !== undefined && (await isFile(join(project.rootDir, rules.rollbackPlan)))
  const selected = rules ? select(project, selectionOf(project, rules.profile)) : undefined
  const checks = selected?.gates.flatMap(({ gate, checks }) => gate.checks.filter(({ id }) => !checks.has(id))) ?? []
  const all = [
    ...(isDirty
      ? [{ code: 'dirty', text: 'the checkout has changes that are not committed', exitCode: exitCodes.stale }]
      : []),
    ...(await judgePath({
      from,
      to,
      environments: project.environments,
      commit,
      ledgers,
      signers: project.signers,
      now,
    })),
    ...objections,
    ...own.problems.map((text) => ({ code: 'edited-record', text, exitCode: exitCodes.fail })),
    ...judgeRules({ to, now }, { checks, hasRollbackPlan }),
  ]
  return { objections: all, ...(run && { run }) }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  )

async function statementDigest({ cwd, options }: CommandContext): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  return sha256Hex(await readFile(join(resolve(cwd, options.evidence as string), runStatementName)))
}

const redChecks = (run: RunRecord): Objection[] =>
  run.gates.flatMap((gate) =>
    gate.checks
      .filter(({ status, advisory }) => !advisory && !['PASS', 'WAIVED', 'NOT_SELECTED'].includes(status))
      .map(({ id, status, reason = '' }) => ({
        code: `${gate.id}/${id}`,
        text: `${status} ${reason}`,
        exitCode: run.exitCode,
      })),
  )

function refuse({ screen, options }: CommandContext, { from, to, commit }: Move, objections: Objection[]): ExitCode {
  const exitCode = combineExitCodes(objections.map((one) => one.exitCode))
  if (options.json === true) {
    screen.print(JSON.stringify({ promoted: false, from: from.name, to: to.name, commit, exitCode, objections }))
    return exitCode
  }
  for (const { code, text } of objections) screen.complain(`${code}: ${text}`)
  screen.print(
    `NOT PROMOTED  ${commit.slice(0, 12)} ${from.name} -> ${to.name}: ${objections.length} objections (exit ${exitCode})`,
  )
  return exitCode
}
