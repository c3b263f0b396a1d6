import { z } from 'zod'
import { durationSchema } from '../../config/duration.ts'
import { keyKinds } from '../../config/keys.ts'
import { parseDay } from '../../config/waiver.ts'
import { isConstraint } from './version.ts'

const expression = z.string().min(1).refine(isExpression, { error: 'expected a regular expression' })

function isExpression(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

const day = z
  .string({ error: 'expected a date such as 2026-11-25' })
  .refine((value) => !Number.isNaN(parseDay(value)), { error: 'expected a date such as 2026-11-25' })

const dated = z.strictObject({
  address: z.string().min(1),
  reason: z.string().trim().min(1),
  expires: day.describe('Last day of the exception, UTC'),
})

/** Resources that hold what cannot be made again, with the attributes whose change moves or loses it. */
export const statefulTypes: Readonly<Record<string, readonly string[]>> = {
  aws_dynamodb_table: [
    'name',
    'hash_key',
    'range_key',
    'billing_mode',
    'server_side_encryption',
    'point_in_time_recovery',
  ],
  aws_db_instance: ['identifier', 'engine', 'engine_version', 'storage_encrypted', 'kms_key_id', 'deletion_protection'],
  aws_rds_cluster: ['cluster_identifier', 'engine', 'engine_version', 'storage_encrypted', 'deletion_protection'],
  aws_s3_bucket: ['bucket', 'force_destroy'],
  aws_kms_key: ['customer_master_key_spec', 'key_usage', 'is_enabled', 'deletion_window_in_days', 'policy'],
  aws_cognito_user_pool: ['name', 'schema', 'username_attributes'],
  google_sql_database_instance: ['name', 'database_version', 'deletion_protection'],
  azurerm_postgresql_flexible_server: ['name', 'version'],
}

const rule = z.union([
  z.strictObject({
    attr: z.string().min(1).describe('Address and attribute, such as aws_dynamodb_table.*.name or **.url'),
    match: expression,
    minMatches: z.int().min(1).default(1),
  }),
  z.strictObject({
    domain: z.string().min(1).describe('Host of every URL in what is planned'),
    allow: z.array(z.string().min(1)).default([]).describe('Further hosts; *.example.com for all below one'),
  }),
  z.strictObject({ forbidWords: z.array(z.string().min(2)).min(1).describe('Words of other environments') }),
  z.strictObject({
    secret: z.literal('stripe'),
    mode: z.enum(['live', 'test']),
    require: z.array(z.enum(keyKinds)).min(1).default(['secret']),
    samePair: z.boolean().default(true),
  }),
])

export const planReviewSchema = z.strictObject({
  plan: z.string().min(1).describe('Output of terraform show -json'),
  planFile: z.string().min(1).optional().describe('The binary plan; its digest is what apply-guard compares'),
  maxAge: durationSchema.default('24h'),
  deny: z
    .strictObject({
      actions: z.array(z.enum(['delete', 'forget', 'update', 'create'])).min(1),
      except: z.array(z.union([z.string().min(1), dated])).default([]),
    })
    .prefault({ actions: ['delete', 'forget'] }),
  stateful: z
    .record(z.string(), z.array(z.string().min(1)).min(1))
    .default({})
    .describe('Further types that hold state, with the attributes that must not change'),
  require: z
    .strictObject({
      complete: z.literal(true).default(true),
      errored: z.literal(false).default(false),
      terraformVersion: z
        .string()
        .refine(isConstraint, { error: 'expected a constraint such as ">= 1.8, < 2.0"' })
        .optional(),
      minResources: z.int().min(1).default(1),
      addresses: z.array(z.string().min(1)).default([]).describe('Resources that must be part of the plan'),
      olderFormat: z.boolean().default(false).describe('Plans of a Terraform that does not say complete and errored'),
    })
    .prefault({}),
  drift: z.enum(['fail', 'note']).default('fail').describe('What drift of stateful resources is'),
  place: z
    .strictObject({
      backend: z.record(z.string(), z.string()).optional().describe('Entries of the backend, such as key and bucket'),
      workspace: z.string().min(1).optional(),
      dataDir: z.string().min(1).default('.terraform'),
      providers: z.record(z.string(), z.record(z.string(), z.string())).default({}).describe('aws: { region: … }'),
    })
    .optional(),
  rules: z.array(rule).default([]),
})

export type PlanReview = z.output<typeof planReviewSchema>
export type PlanRule = PlanReview['rules'][number]
export type PlanException = PlanReview['deny']['except'][number]
