import { z } from 'zod'
import { defaultsSchema, retryOverrideSchema } from '../config/defaults.ts'
import { durationSchema } from '../config/duration.ts'
import { environmentSchema } from '../config/environment.ts'
import { signerSchema } from '../config/signer.ts'

import { whenSchema } from './when.ts'

/** Words that begin a template and so cannot be the id of a check. */
export const templateRoots = ['env', 'git', 'run', 'service', 'flags', 'gatekit'] as const

const idSchema = z
  .string({ error: 'expected an id: letters, digits, "-" and "_"' })
  .regex(/^[A-Za-z0-9][\w-]{0,63}$/, { error: 'expected an id: letters, digits, "-" and "_", at most 64' })

const title = z.string().trim().min(1)

/** What every check has; the rest of its keys belong to its type. */
export const checkSchema = z.looseObject({
  id: idSchema.refine((id) => !(templateRoots as readonly string[]).includes(id), {
    error: `cannot be one of ${templateRoots.join(', ')}: templates begin with these`,
  }),
  type: z.string({ error: 'expected the type of the check' }),
  title: title.optional(),
  needs: z.array(z.string()).default([]).describe('Checks of this gate, or gate/check, that must pass first'),
  when: whenSchema.optional(),
  skip: z.literal('allowed', { error: 'the only value is allowed' }).optional(),
  timeout: durationSchema.optional().describe('Per attempt'),
  retry: retryOverrideSchema.optional(),
  advisory: z.boolean().default(false).describe('Shown, never counted'),
  owner: title.optional(),
})

export const commonCheckKeys: readonly string[] = Object.keys(checkSchema.shape)

const documentLink = z
  .string()
  .refine((link) => /^https:\/\//.test(link) || !/^[a-z][a-z0-9+.-]*:|^\/|\.\./i.test(link), {
    error: 'expected a path inside the project or an https:// URL',
  })

const gateShape = {
  title: title.optional(),
  description: title.optional(),
  docs: documentLink.optional().describe('A page about this gate'),
  key: z
    .string()
    .regex(/^[A-Za-z]\w*_v\d+_\d+_\d+$/, { error: 'expected a key such as stage6_v0_6_0' })
    .optional()
    .describe('The key in tests.json'),
  version: z
    .string({ error: 'expected a version such as v0.6.0' })
    .regex(/^v?\d+\.\d+\.\d+$/, { error: 'expected a version such as v0.6.0' })
    .optional(),
  uses: z.array(z.string().min(1)).min(1).optional().describe('Gate files whose checks belong to this gate'),
  needs: z.array(z.string()).default([]).describe('Gates that must pass first'),
  minChecks: defaultsSchema.shape.minChecks.removeDefault().optional(),
  when: whenSchema.optional(),
  timeout: durationSchema.optional().describe('For the whole gate'),
  inputs: z.array(z.string()).default([]).describe('Files on which the outcome depends'),
  owner: title.optional(),
  checks: z.array(z.unknown()).min(1, { error: 'a gate without checks proves nothing' }).optional(),
}

/** A gate in gatekit.yaml or a gate file; `checks` are validated one by one so that one mistake hides no other. */
export const gateSchema = z.strictObject({ id: idSchema, ...gateShape })

/** A file named by `uses:` belongs to a gate that has an id. */
export const usedGateSchema = z.strictObject({ id: idSchema.optional(), ...gateShape })

const profileSchema = z.union([
  z.array(z.string()).min(1, { error: 'a profile without gates proves nothing' }),
  z.strictObject({
    gates: z.array(z.string()).min(1, { error: 'a profile without gates proves nothing' }),
    partial: z.boolean().default(false).describe('A run of a part of the gates may pass'),
    ignore: z
      .array(z.string().min(1))
      .default([])
      .describe('Files whose changes concern no gate, for --changed-since; only with partial'),
  }),
])

export const projectSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1, { error: 'expected 1, the version of this file format' }),
  project: title,
  environments: z.record(idSchema, environmentSchema).default({}),
  defaults: defaultsSchema.prefault({}),
  profiles: z.record(idSchema, profileSchema).default({}),
  gates: z.array(z.unknown()).min(1, { error: 'a project without gates proves nothing' }),
  signers: z.record(z.string().min(1), signerSchema).default({}).describe('Whose signatures count, by name'),
  waivers: z.array(z.unknown()).default([]),
  quarantine: z
    .array(z.unknown())
    .default([])
    .describe('Checks that fail by chance: run, shown, not counted for a while'),
  drill: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('What `gatekit drill` restores and expects; it reads this section itself'),
  plugins: z.array(z.string().min(1)).default([]).describe('Modules that export check types made by defineCheck'),
})

export type GateFile = z.output<typeof usedGateSchema>
export type CheckFile = z.output<typeof checkSchema>
export type ProjectFile = z.output<typeof projectSchema>
