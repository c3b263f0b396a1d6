import { type Matcher, mismatch } from '../expect/matcher.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** Prometheus' text format, one sample a line (prometheus.io/docs/instrumenting/exposition_formats). Throws a SyntaxError with the line. */
export function parsePrometheus(text: string): Sample[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return []
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/.exec(line)
    const value = match ? numberOf(match[3]!) : undefined
    if (!match || value === undefined) throw new SyntaxError(`line ${index + 1} is no sample`)
    return [{ name: match[1]!, labels: labelsOf(match[2] ?? ''), value }]
  })
}

const special: Record<string, number> = {
  '+inf': Number.POSITIVE_INFINITY,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
}

function numberOf(text: string): number | undefined {
  const known = special[text.toLowerCase()]
  if (known !== undefined) return known
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}

const escapes: Record<string, string> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(
    pairs.map(([, name, value]) => [name!, value!.replace(/\\[n"\\]/g, (one) => escapes[one]!)]),
  )
}

/** Samples of one metric whose labels are as wanted. */
export const selectSamples = (
  samples: readonly Sample[],
  name: string,
  labels: Record<string, Matcher> = {},
): Sample[] =>
  samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, matcher]) => mismatch(matcher, sample.labels[label]) === undefined),
  )

/**
 * The value below which the share `quantile` of a histogram's observations lies, as Prometheus' `histogram_quantile` estimates it: linear inside a
 * bucket, the lower bound of the last one. Undefined when nothing was observed.
 */
export function histogramQuantile(buckets: readonly Sample[], quantile: number): number | undefined {
  const sums = new Map<number, number>()
  for (const { labels, value } of buckets) {
    const bound = numberOf(labels.le ?? '')
    if (bound !== undefined) sums.set(bound, (sums.get(bound) ?? 0) + value)
  }
  const sorted = [...sums].sort(([one], [other]) => one - other)
  const total = sorted.at(-1)?.[1] ?? 0
  if (!(total > 0)) return undefined
  const rank = quantile * total
  const index = sorted.findIndex(([, count]) => count >= rank)
  const [bound, count] = sorted[index]!
  const [lower, before] = sorted[index - 1] ?? [0, 0]
  if (bound === Number.POSITIVE_INFINITY) return lower
  return count === before ? bound : lower + ((bound - lower) * (rank - before)) / (count - before)
}
