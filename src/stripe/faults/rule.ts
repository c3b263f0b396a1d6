import { z } from 'zod'

/** What can happen instead of, or around, an answer. */
export const faultEffects = [
  '401',
  '409',
  '429',
  'rate_limit',
  'lock_timeout',
  '500',
  'hang',
  'drop',
  'perform-then-drop',
] as const

/** Longest `slow:…`, milliseconds. */
const longestSlowMs = 120_000

const effect = z
  .union([z.string(), z.int().transform(String)])
  .refine((text) => (faultEffects as readonly string[]).includes(text) || isSlow(text), {
    error: `expected one of ${faultEffects.join(', ')} or slow:<milliseconds>, at most ${longestSlowMs}`,
  })

/** `{ on: "POST /v1/refunds", nth: 2, then: 429 }`: the second refund is refused; `times` in a row, "always" for all from then on. */
export const faultRule = z.strictObject({
  on: z
    .string()
    .regex(/^([A-Z]+|\*) [/*]\S*$/, { error: 'expected a method and a path such as "POST /v1/refunds/{id}"' })
    .describe('Method and path; {id} stands for one segment, * for anything'),
  nth: z.int().min(1).default(1).describe('The first matching request it happens to'),
  times: z
    .union([z.int().min(1), z.literal('always')])
    .default(1)
    .transform((times) => (times === 'always' ? null : times))
    .describe('How many matching requests in a row, or "always"'),
  then: effect,
})

/** `times` is null for always. */
export type FaultRule = z.infer<typeof faultRule>

const isSlow = (text: string): boolean => /^slow:\d{1,6}$/.test(text) && slowMs(text) <= longestSlowMs

export const slowMs = (effect: string): number => Number(effect.slice('slow:'.length))
