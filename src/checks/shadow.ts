import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { stableJson } from '../kernel/json.ts'
import { jsonPathSchema } from '../kernel/json-path.ts'
import { type CheckContext, defineCheck, fail, noData, type Outcome, pass, undecided } from './define.ts'
import { clipped } from './expect/shown.ts'
import { FileTooLong } from './files/content.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { curlLine } from './network/curl.ts'
import { BodyTooLong, send } from './network/exchange.ts'
import { buildRequest, MissingBaseUrl, type RequestOptions, requestSchema } from './network/request.ts'
import { unreachable } from './network/trouble.ts'
import { quoted } from './options/reference.ts'
import { sabotageShadow } from './sabotage/shadow.ts'
import { type Comparison, compareSamples, type Sample } from './shadow/compare.ts'
import { BrokenSample, readSamples } from './shadow/recorded.ts'

const options = z
  .strictObject({
    baseline: requestSchema
      .safeExtend({ times: z.int().min(2).max(5).default(2).describe('Calls per sample; where they differ is noise') })
      .optional()
      .describe('The one in charge'),
    candidate: requestSchema.optional().describe('The one that is compared with it'),
    samples: z.string().min(1).optional().describe('Instead of calling: a file of recorded samples, JSON lines'),
    operation: z.string().min(1).optional().describe('Only recorded samples of this operation'),
    newerThan: z.literal('run.start').optional().describe('Only recorded samples of this run'),
    ignore: z.array(jsonPathSchema).default([]).describe('Paths that are not compared, with all below them'),
    minSamples: z.int().min(1).max(1000).default(1).describe('Samples to take, or that must have been recorded'),
    maxDiffRatio: z.number().min(0).max(1).default(0).describe('Share of samples that may differ beyond the noise'),
  })
  .refine(({ baseline, candidate, samples }) => (samples ? !baseline && !candidate : baseline && candidate), {
    error: 'expected either baseline and candidate, or samples',
  })
  .refine(({ samples, operation, newerThan }) => samples || (!operation && !newerThan), {
    error: 'operation and newerThan go with samples',
  })

type Options = z.output<typeof options>

/** Two implementations side by side. No sample is NO_DATA, and so is a comparison in which everything is noise. */
export const shadowCheck = defineCheck({
  type: 'shadow',
  sabotage: sabotageShadow,
  summary: 'Compares a candidate with the implementation in charge, by calling both or from recorded samples',
  options,
  example: {
    baseline: { path: '/api/stripe_ext/checkout' },
    candidate: { path: '/api/stripe_ext/checkout?shadow=1' },
    ignore: ['$.id', '$.url', '$.created'],
    minSamples: 5,
    maxDiffRatio: 0,
  },
  async run(options, context): Promise<Outcome> {
    const { baseline, candidate } = options
    const reproduce =
      baseline && candidate
        ? [curlLine(baseline, context), curlLine(candidate, context)]
        : [`cat ${quoted(options.samples!)}`]
    try {
      const samples =
        baseline && candidate
          ? await takeSamples({ ...options, baseline, candidate }, context)
          : await recordedSamples(options, context)
      return { ...(Array.isArray(samples) ? await judge(samples, options, context) : samples), reproduce }
    } catch (error) {
      const isExpected = [MissingBaseUrl, BodyTooLong, OutsidePath, FileTooLong, BrokenSample].some(
        (kind) => error instanceof kind,
      )
      if (isExpected) return { ...undecided((error as Error).message), reproduce }
      return { ...unreachable('shadow', error, context.signal), reproduce }
    }
  },
})

async function judge(
  samples: Sample[],
  { ignore, minSamples, maxDiffRatio }: Options,
  context: CheckContext,
): Promise<Outcome> {
  const comparison = compareSamples(samples, ignore)
  const { differences, compared, noise } = comparison
  const details = { ...ratesOf(comparison), minSamples, ...(noise.length > 0 && { noise: noise.slice(0, 20) }) }
  if (samples.length < minSamples) return noData(`${samples.length} of ${minSamples} samples`, details)
  await context.evidence('comparison.json', stableJson(comparison))
  if (compared === 0) return noData('nothing is left to compare: all is ignored or noise', details)
  if (comparison.diffRatio <= maxDiffRatio) return pass(details)
  const findings = differences.slice(0, 20).map(({ path, baseline, candidate }) => ({
    subject: path,
    expected: clipped(baseline),
    actual: clipped(candidate),
  }))
  const share = `${Math.round(comparison.diffRatio * 1000) / 10}% of ${samples.length} samples`
  return fail(`the candidate differs in ${share}; allowed are ${maxDiffRatio * 100}%`, findings, details)
}

const ratesOf = ({ samples, rawRatio, noiseRatio, diffRatio }: Comparison) => ({
  samples,
  rawRatio,
  noiseRatio,
  diffRatio,
})

type Calls = Options & { baseline: RequestOptions & { times: number }; candidate: RequestOptions }

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Calls both, the candidate between two calls of the baseline, so that what changes with time shows as noise. */
async function takeSamples(
  { baseline, candidate, minSamples }: Calls,
  context: CheckContext,
): Promise<Sample[] | Outcome> {
  const isReading = readingMethods.has(baseline.method) && readingMethods.has(candidate.method)
  if (!isReading && context.environment.mode === 'live') {
    return undecided('a request that may change something is not shadowed in a live environment')
  }
  const samples: Sample[] = []
  while (samples.length < minSamples) {
    context.progress(`sample ${samples.length + 1} of ${minSamples}`)
    const first = await answerOf(baseline, context)
    if (first.status >= 400)
      return undecided(`the baseline answered ${first.status}; two errors that agree prove nothing`)
    const other = await answerOf(candidate, context)
    const baselines = [first]
    while (baselines.length < baseline.times) baselines.push(await answerOf(baseline, context))
    samples.push({ baselines: baselines.map(documentOf), candidate: documentOf(other) })
  }
  return samples
}

interface Answer {
  status: number
  body: unknown
}

async function answerOf(options: RequestOptions, context: CheckContext): Promise<Answer> {
  const { response } = await send(buildRequest(options, context), context)
  try {
    return { status: response.status, body: JSON.parse(response.body) as unknown }
  } catch {
    return { status: response.status, body: response.body }
  }
}

/** The body itself, so that paths read as they do elsewhere; a status of its own makes the whole document another. */
const documentOf = ({ status, body }: Answer): unknown => (status < 300 ? body : { 'http status': status, body })

async function recordedSamples(
  { samples, operation, newerThan }: Options,
  context: CheckContext,
): Promise<Sample[] | Outcome> {
  const path = await locateFile(samples!, { rootDir: context.rootDir, within: [] })
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return noData('no shadow samples were recorded', { samples: 0 })
  const recorded = await readSamples(path, { operation, ...(newerThan && { since: context.runStart }) })
  if (recorded.samples.length > 0 || recorded.old === 0) return recorded.samples
  return {
    status: 'STALE',
    reason: `all ${recorded.old} samples are from before this run`,
    details: { samples: 0, old: recorded.old },
  }
}
