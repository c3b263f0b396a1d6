import type { Sabotage } from '../define.ts'
import { recordOf } from './record.ts'

/** A place that no configuration ignores. */
const path = 'gatekitProve'

/** Nothing to compare, and a candidate that says something else. */
export const sabotageShadow: Sabotage = async (options, { context, deadUrl, emptyDir, answering, file }) => {
  if (options.samples !== undefined) {
    const line = { baseline: { [path]: 1 }, repeat: { [path]: 1 }, candidate: { [path]: 2 } }
    const at = new Date(context.clock.now()).toISOString()
    const recorded = JSON.stringify({ ...line, at, operation: options.operation })
    await file('samples.ndjson', `${recorded}\n`.repeat(Number(options.minSamples ?? 1)))
    return [
      { name: 'no samples', context: { rootDir: emptyDir } },
      {
        name: 'another candidate',
        options: { ...options, samples: 'samples.ndjson' },
        context: { rootDir: emptyDir },
      },
    ]
  }
  const towards = (side: unknown, base: string) => {
    const { path: _path, query: _query, ...request } = recordOf(side)
    return { ...request, url: `${base}/` }
  }
  const both = (baseline: string, candidate: string) => ({
    ...options,
    baseline: towards(options.baseline, baseline),
    candidate: towards(options.candidate, candidate),
  })
  const [one, other] = [await answering(200, `{"${path}":1}`), await answering(200, `{"${path}":2}`)]
  return [
    { name: 'unreachable', options: both(deadUrl, deadUrl) },
    { name: 'another candidate', options: both(one, other) },
  ]
}
