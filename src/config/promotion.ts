import { z } from 'zod'
import { durationSchema } from '../kernel/duration.ts'
import { windowSchema } from './deployment-window.ts'

/** What it takes to be promoted into an environment. */
export const promotionSchema = z.strictObject({
  profile: z.string().min(1).describe('Profile or gate that must pass for the environment that is promoted into'),
  maxAge: durationSchema.default('24h').describe('Oldest evidence of the environment before'),
  evidenceProfile: z.string().min(1).optional().describe('Profile that must have passed in the environment before'),
  signedBy: z.array(z.string().min(1)).min(1).optional().describe('Signers or roles, one of whom signed that run'),
  window: windowSchema.optional(),
  rollbackPlan: z.string().min(1).optional().describe('The file that says how to go back'),
  infrastructure: z
    .enum(['terraform', 'none'])
    .default('terraform')
    .describe('none: nothing is planned, so no plan is reviewed'),
})

export type PromotionRules = z.output<typeof promotionSchema>
