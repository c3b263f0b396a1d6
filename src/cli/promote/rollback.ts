import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { appendToLedger, hasCommit, isSignedRecord, type LedgerRecord, readLedger } from '../../promotion/ledger.ts'
import { keyFileOf } from '../attest/key-file.ts'
import type { CommandContext } from '../define.ts'
import { openProject } from '../gate-run/project.ts'

/** What an environment has now and had before: the last record, and the last one of another commit. */
function pair(records: readonly LedgerRecord[]): { now: LedgerRecord; before: LedgerRecord } | undefined {
  const now = records.at(-1)
  const before = records.findLast(({ entry }) => entry.kind === 'promotion' && entry.commit !== now?.entry.commit)
  return now && before ? { now, before } : undefined
}

/** Names the commit to go back to, checks that it can be had and that the plan is there, and records the step. Deploys nothing. */
export async function rollback({ cwd, options, screen }: CommandContext, name: string): Promise<ExitCode> {
  const { project } = await openProject(cwd, options.config as string | undefined)
  const environment = Object.hasOwn(project.environments, name) ? project.environments[name] : undefined
  if (!environment || environment.embedded) throw usageError(`unknown environment "${name}"`)
  const { records, problems } = await readLedger(project.rootDir, name)
  const known = pair(records)
  if (!known) {
    screen.complain(`nothing to go back to: ${name} has ${records.length} recorded promotions of one commit`)
    return exitCodes.incomplete
  }
  const { now, before } = known
  const plan = environment.promotion?.rollbackPlan
  const objections = [...problems]
  if (!(await hasCommit(project.rootDir, before.entry.commit)))
    objections.push(`git does not have ${before.entry.commit} any more (git fetch)`)
  if (environment.protected && !(await isSignedRecord(before, project.signers)))
    objections.push(`${before.file} is not signed by ${before.entry.by}`)
  if (plan === undefined) objections.push(`${name} has no promotion.rollbackPlan`)
  else if (!(await stat(join(project.rootDir, plan)).catch(() => undefined))) objections.push(`${plan} is not there`)
  for (const text of objections) screen.complain(text)
  if (objections.length > 0) {
    screen.print(`NO WAY BACK  ${name}: ${objections.length} objections (exit ${exitCodes.fail})`)
    return exitCodes.fail
  }
  const by = options.as as string | undefined
  if (environment.protected && by === undefined) {
    throw usageError(
      `${name} is protected: its rollbacks are signed`,
      'gatekit promote --rollback … --as NAME --key FILE',
    )
  }
  const key = options.key as string
  const keyFile = by === undefined ? undefined : keyFileOf(key, cwd)
  const entry = {
    kind: 'rollback' as const,
    from: name,
    to: name,
    commit: before.entry.commit,
    at: new Date().toISOString(),
    by: by ?? 'unknown',
  }
  const path = await appendToLedger(project.rootDir, entry, keyFile)
  screen.print(
    `ROLLBACK READY  ${name}: ${now.entry.commit.slice(0, 12)} -> ${before.entry.commit.slice(0, 12)} (promoted ${before.entry.at} by ${before.entry.by})`,
  )
  screen.print(`  1. read ${plan}`)
  screen.print(`  2. git checkout ${before.entry.commit} and deploy it to ${name}`)
  screen.print(`  3. gatekit watch --env ${name}`)
  screen.print(`recorded in ${path} (commit it)`)
  return exitCodes.pass
}
