import { childrenOf, selectJson } from '../../kernel/json-path.ts'

/** What the one in charge answered, at least once, and what the other one said to the same request. */
export interface Sample {
  baselines: readonly unknown[]
  candidate: unknown
}

export interface Difference {
  path: string
  baseline: string
  candidate: string
}

export interface Comparison {
  samples: number
  /** Share of samples in which candidate and baseline differ at all. */
  rawRatio: number
  /** Share of samples in which the baseline differs from itself. */
  noiseRatio: number
  /** Share of samples that differ where the baseline agrees with itself. */
  diffRatio: number
  /** Paths at which the baseline was seen to differ from itself; list positions as [*]. */
  noise: string[]
  /** Values that were compared and are no noise; 0 means that nothing was compared. */
  compared: number
  /** The first difference at each path. */
  differences: Difference[]
}

/**
 * Compares as Diffy does: a path where the baseline disagrees with itself in any sample is noise and is not held against the candidate.
 * Both rates are told, for a comparison that is all noise proves nothing.
 */
export function compareSamples(samples: readonly Sample[], ignore: readonly string[]): Comparison {
  const noise = new Set<string>()
  let raw = 0
  let noisy = 0
  for (const { baselines, candidate } of samples) {
    const [first, ...others] = baselines.map((each) => leavesOf(each, ignore))
    if (!first) continue
    const own = others.flatMap((other) => differing(first, other))
    for (const path of own) noise.add(general(path))
    if (own.length > 0) noisy++
    if (differing(first, leavesOf(candidate, ignore)).length > 0) raw++
  }

  const differences = new Map<string, Difference>()
  let compared = 0
  let different = 0
  for (const { baselines, candidate } of samples) {
    const [first, other] = [leavesOf(baselines[0], ignore), leavesOf(candidate, ignore)]
    compared += [...first.keys()].filter((path) => !noise.has(general(path))).length
    const paths = differing(first, other).filter((path) => !noise.has(general(path)))
    if (paths.length > 0) different++
    for (const path of paths) {
      if (differences.has(general(path))) continue
      const [baseline, candidate] = [first.get(path) ?? 'nothing', other.get(path) ?? 'nothing']
      differences.set(general(path), { path, baseline, candidate })
    }
  }
  const share = (count: number) => (samples.length === 0 ? 0 : count / samples.length)
  return {
    samples: samples.length,
    rawRatio: share(raw),
    noiseRatio: share(noisy),
    diffRatio: share(different),
    noise: [...noise].sort(),
    compared,
    differences: [...differences.values()],
  }
}

type Leaves = ReadonlyMap<string, string>

/** Every scalar and empty container by its path, without what is ignored. */
function leavesOf(document: unknown, ignore: readonly string[]): Leaves {
  const leaves = new Map<string, string>()
  const ignored = new Set(ignore.flatMap((path) => selectJson(document, path).map((match) => match.path)))
  const walk = (path: string, value: unknown): void => {
    if (ignored.has(path)) return
    const children = childrenOf({ path, value })
    for (const child of children) walk(child.path, child.value)
    if (children.length === 0) leaves.set(path, JSON.stringify(value) ?? 'nothing')
  }
  walk('$', document)
  return leaves
}

const differing = (one: Leaves, other: Leaves): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path))

const general = (path: string): string => path.replace(/\[\d+\]/g, '[*]')
