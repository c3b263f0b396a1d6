import { resolve } from 'node:path'
import type { Plan } from '../../gates/plan.ts'
import type { Project } from '../../gates/project.ts'
import { type Proof, withTwins } from '../../gates/prove.ts'
import { usageError } from '../../kernel/errors.ts'
import { combineExitCodes, type ExitCode, exitCodes } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { stableJson } from '../../kernel/json.ts'
import type { RunRecord } from '../../kernel/record.ts'
import type { CommandContext } from '../define.ts'
import { performRun } from '../gate-run/perform.ts'

interface Unproven {
  check: string
  status: string
  reason: string
}

interface Report {
  exitCode: ExitCode
  checks: number
  twins: number
  survivors: { check: string; type: string; twin: string }[]
  /** Checks without a pass to spoil. */
  unproven: Unproven[]
  proofs: readonly Proof[]
}

/** Runs the gates into an output folder of their own, with twins behind each pass, and says which survived. */
export async function proveChecks(context: CommandContext): Promise<ExitCode> {
  const { args, options, cwd, screen } = context
  const profile = options.profile as string | undefined
  if (args.length > 0 && profile !== undefined)
    throw usageError('names and --profile were given together', 'name gates, or a profile')
  const proofs: Proof[] = []
  const selection = { ...(args.length > 0 && { names: args }), ...(profile !== undefined && { profile }) }
  const { run } = await performRun(context, selection, {
    outRoot: 'qa/prove',
    silent: true,
    alter: (plan, project) => spoil(plan, project, proofs),
  })
  const report = reportOf(proofs, run)
  if (typeof options.json === 'string') await writeFileAtomic(resolve(cwd, options.json), stableJson(report))
  if (options.json === true) screen.print(JSON.stringify(report))
  else show(context, report)
  return report.exitCode
}

function spoil(plan: Plan, project: Project, proofs: Proof[]): { plan: Plan; project: Project } {
  const definitions = new Map([...project.definitions].map(([type, each]) => [type, withTwins(each, proofs)]))
  const gates = plan.gates.map((gate) => ({
    ...gate,
    // A gate that is red in this run has checks behind it that can be proven all the same.
    needs: [],
    timeoutMs: gate.timeoutMs + 600_000,
    checks: gate.checks.map((check) => ({ ...check, timeoutMs: check.timeoutMs + 180_000 })),
  }))
  return { plan: { ...plan, gates }, project: { ...project, definitions } }
}

function reportOf(proofs: readonly Proof[], run: RunRecord): Report {
  const survivors = proofs.flatMap(({ check, type, twins }) =>
    twins.filter(({ status }) => status === 'PASS').map(({ name }) => ({ check, type, twin: name })),
  )
  const proven = new Set(proofs.filter(({ twins }) => twins.length > 0).map(({ check }) => check))
  const unproven = run.gates
    .flatMap((gate) => gate.checks)
    .map((check) => ({ ...check, name: `${check.gate}/${check.id}` }))
    .filter(({ name }) => !proven.has(name))
    .map(({ name, status, reason }) => ({ check: name, status, reason: reason ?? 'no twins' }))
  const notPassed = unproven.filter(({ status }) => !['SKIP', 'NOT_SELECTED'].includes(status))
  const codes: ExitCode[] = [
    ...(survivors.length > 0 ? [exitCodes.fail] : []),
    ...(notPassed.length > 0 ? [exitCodes.undecided] : []),
    ...(proven.size === 0 ? [exitCodes.incomplete] : [exitCodes.pass]),
    ...([exitCodes.refused, exitCodes.interrupted, exitCodes.terminated] as ExitCode[]).filter(
      (code) => code === run.exitCode,
    ),
  ]
  return {
    exitCode: combineExitCodes(codes),
    checks: proven.size,
    twins: proofs.flatMap(({ twins }) => twins).length,
    survivors,
    unproven,
    proofs,
  }
}

function show({ screen }: CommandContext, { survivors, unproven, checks, twins, proofs, exitCode }: Report): void {
  const { paint } = screen
  const byType = countTypes(proofs)
  screen.say()
  for (const [type, [count, all]] of byType)
    screen.say(`${type.padEnd(16)} ${String(count).padStart(4)} checks ${String(all).padStart(5)} twins`)
  for (const { check, status, reason } of unproven)
    screen.say(`${paint.yellow('UNPROVEN')}  ${check}  ${status}: ${reason}`)
  for (const { check, twin } of survivors) screen.print(`${paint.red.bold('SURVIVED')}  ${check}  passes with: ${twin}`)
  screen.print(
    `PROVED  ${checks} checks, ${twins} twins, ${survivors.length} survived, ${unproven.length} checks unproven (exit ${exitCode})`,
  )
}

function countTypes(proofs: readonly Proof[]): Map<string, [checks: number, twins: number]> {
  const counts = new Map<string, [number, number]>()
  for (const { type, twins } of proofs) {
    const [count, all] = counts.get(type) ?? [0, 0]
    counts.set(type, [count + 1, all + twins.length])
  }
  return counts
}
