import { z } from 'zod'
import { durationSchema } from './duration.ts'

export const retryCauses = ['connect', 'timeout', 'http-5xx', 'other'] as const

const retryShape = {
  max: z.int().min(0).max(10).describe('Attempts after the first'),
  backoff: durationSchema.describe('Before the second attempt; doubled each time, with jitter'),
  on: z.array(z.enum(retryCauses)).describe('Why a check could not judge; a false expectation is never retried'),
}

/** What a check says differently from the project's defaults. */
export const retryOverrideSchema = z.strictObject(retryShape).partial()

export const retrySchema = z.strictObject({
  max: retryShape.max.default(2),
  backoff: retryShape.backoff.default('500ms'),
  on: retryShape.on.default(['connect', 'timeout', 'http-5xx']),
})

/** Only plain relative folders, and one per gate: outputs of one gate must not delete those of another. */
const outputFolder = z
  .string()
  .refine((path) => !path.startsWith('/') && !/^[A-Za-z]:|\\/.test(path) && !path.split('/').includes('..'), {
    error: 'expected a folder inside the project, with forward slashes',
  })
  .refine((path) => /^[^{]+\//.test(path) && path.includes('{gate}'), {
    error: 'expected a folder and then {gate}, such as qa/{gate}/{version}',
  })

export const defaultsSchema = z.strictObject({
  timeout: durationSchema.default('30s').describe('Per attempt of a check'),
  gateTimeout: durationSchema.default('10m'),
  runTimeout: durationSchema.default('60m'),
  retry: retrySchema.prefault({}),
  minChecks: z.int().min(1, { error: 'must be at least 1: a gate that checks nothing cannot pass' }).default(1),
  evidenceDir: outputFolder.default('qa/{gate}/{version}'),
  validFor: durationSchema.default('4h').describe('How long a verdict proves anything'),
})

export type Defaults = z.output<typeof defaultsSchema>
export type Retry = z.output<typeof retrySchema>
