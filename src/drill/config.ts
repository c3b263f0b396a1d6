import { z } from 'zod'
import { durationSchema } from '../kernel/duration.ts'
import { recoverySchema } from './physical/recovery.ts'
import { expectationsSchema } from './proof/expectations.ts'

/** A secret is named, never written: a file that holds it, or the variable. */
const keySource = z.strictObject({ file: z.string().min(1).optional(), env: z.string().min(1).optional() })

const fromVariable = z.strictObject({ env: z.string().min(1) }).describe('Name of the variable that holds the URL')

/** `drill:` in gatekit.yaml: which backup, where to, how long, and what the restored database must be like. */
export const drillSchema = expectationsSchema.extend({
  backup: z.string().min(1).optional().describe('One file or folder'),
  dir: z.string().min(1).optional().describe('Folder whose newest backup is drilled'),
  pattern: z.string().min(1).optional().describe('Only names that match: shop_*.dump'),
  order: z
    .enum(['name', 'mtime'])
    .optional()
    .describe('What makes a backup the newest: name unless said, and then names and times must agree'),
  checksum: z.enum(['when-present', 'required']).default('when-present'),
  stable: durationSchema.default('1s').describe('A file that changes within this time is still being written'),
  decrypt: z
    .strictObject({
      ageIdentity: keySource.optional(),
      agePassphrase: keySource.optional(),
      gpgKey: keySource.optional(),
      gpgPassphrase: keySource.optional(),
    })
    .prefault({}),
  allow: z.array(z.string().min(1)).default([]).describe('Kinds of statements that would be refused and are known'),
  engine: z.enum(['auto', 'local', 'embedded', 'pglite', 'given']).default('auto'),
  targetUrl: fromVariable.optional(),
  url: fromVariable.optional().describe('The live source, only ever read'),
  redisUrl: fromVariable.optional().describe('A Redis that must answer and hold something; it is only asked'),
  database: z.string().min(1).optional().describe('Name of the database that the backup must be of'),
  depth: z.enum(['fast', 'full']).default('full'),
  rto: durationSchema.optional(),
  rpo: durationSchema.optional(),
  timeout: durationSchema.default('2h').describe('For the whole drill'),
  statementTimeout: durationSchema.default('30m').describe('Without any progress of one statement'),
  previous: z
    .enum(['bind', 'remark'])
    .default('bind')
    .describe('What the last drill that passed had and this backup lacks: a failure, or only a remark'),
  validFor: durationSchema.default('8d').describe('How long the evidence counts'),
  recovery: recoverySchema.prefault({}).describe('Base backups: WAL archive and how far it is replayed'),
  evidenceDir: z.string().min(1).default('qa/restore'),
})

export type DrillConfig = z.output<typeof drillSchema>
