import type { Plan, PlannedGate } from './plan.ts'
import { checkName } from './project.ts'

/** One of several runs that share a plan; `index` counts from 1. */
export interface Shard {
  index: number
  count: number
}

const mostShards = 256

/** `2/5`; undefined for what is no shard. */
export function parseShard(text: string): Shard | undefined {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text.trim())
  if (!match) return undefined
  const [index, count] = [Number(match[1]), Number(match[2])]
  return index >= 1 && index <= count && count <= mostShards ? { index, count } : undefined
}

/**
 * Checks that must stay together, as `gate/check` in the order of the plan: those that need one another or read each other's exports, and
 * all checks of gates of which one needs the other. Checks that are not selected belong to no chain.
 */
export function chainsOf(gates: readonly PlannedGate[]): string[][] {
  const checks = gates.flatMap((gate) => gate.checks).filter((check) => check.notSelected === undefined)
  const parent = new Map(checks.map((check) => [checkName(check), checkName(check)]))
  const rootOf = (name: string): string => {
    let root = name
    while (parent.get(root) !== root) root = parent.get(root)!
    return root
  }
  const join = (a: string, b: string) => {
    if (parent.has(a) && parent.has(b)) parent.set(rootOf(b), rootOf(a))
  }
  for (const check of checks) for (const need of check.needs) join(checkName(check), need)
  const members = new Map(gates.map((gate) => [gate.id, gate.checks.map(checkName).filter((name) => parent.has(name))]))
  for (const gate of gates) {
    // The verdict of a needed gate is that of all its checks.
    const needed = gate.needs.filter((id) => members.has(id))
    if (needed.length === 0) continue
    const together = [gate.id, ...needed].flatMap((id) => members.get(id)!)
    for (const name of together) join(together[0]!, name)
  }
  const chains = new Map<string, string[]>()
  for (const name of parent.keys()) chains.set(rootOf(name), [...(chains.get(rootOf(name)) ?? []), name])
  return [...chains.values()]
}

/** The shard of each check, by name: longest chains first, each to the shard with the fewest checks, so that any machine finds the same. */
export function assignShards(chains: readonly (readonly string[])[], count: number): Map<string, number> {
  const keyOf = (chain: readonly string[]): string => [...chain].sort()[0] ?? ''
  const ordered = [...chains].sort((a, b) => b.length - a.length || (keyOf(a) < keyOf(b) ? -1 : 1))
  const sizes = Array.from({ length: count }, () => 0)
  const shards = new Map<string, number>()
  for (const chain of ordered) {
    const lightest = sizes.indexOf(Math.min(...sizes))
    sizes[lightest]! += chain.length
    for (const name of chain) shards.set(name, lightest + 1)
  }
  return shards
}

/** The part of a plan that one shard runs. The digest stays that of the whole: it is what all shards have in common. */
export function cutPlan(plan: Plan, shard: Shard): Plan {
  const shards = assignShards(chainsOf(plan.gates), shard.count)
  const gates = plan.gates.map((gate) => ({
    ...gate,
    checks: gate.checks.map((check) => {
      const owner = shards.get(checkName(check))
      if (owner === undefined || owner === shard.index) return check
      return { ...check, notSelected: `in shard ${owner} of ${shard.count}` }
    }),
  }))
  const isHere = (gate: PlannedGate) => gate.checks.some((check) => check.notSelected === undefined)
  const elsewhere = gates.filter((gate) => !isHere(gate))
  const reason = 'all of it is in other shards'
  return {
    ...plan,
    // A part never passes as a whole, whatever the profile allows.
    partial: false,
    shard,
    gates: gates.filter(isHere),
    notRun: [...plan.notRun, ...elsewhere.map(({ id, title }) => ({ id, title, reason }))],
  }
}
