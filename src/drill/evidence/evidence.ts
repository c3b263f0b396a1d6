import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { stableJson } from '../../kernel/json.ts'
import type { DrillRecord } from '../record.ts'

/** A file beside the evidence, by name and hash. */
export interface Bound {
  file: string
  sha256: string
}

/**
 * What is left of a drill for later: the record, bound to the hash of the backup, until when it counts, and the evidence before it. It holds
 * no value of any row.
 */
export interface DrillEvidence {
  schema: 'drill-evidence/1'
  /** Counts the drills of this folder from 1. */
  number: number
  drill: DrillRecord
  /** ISO time after which it proves nothing any more. */
  validUntil: string
  /** The evidence before this one; null for the first. */
  previous: Bound | null
  /** What the restored database consisted of; null when it came to none. */
  inventory: Bound | null
  seal: Seal
}

/** Over the canonical JSON of everything else. With a key nobody without it can change the evidence and seal it again. */
export interface Seal {
  algorithm: 'sha256' | 'hmac-sha256'
  digest: string
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const bound = z.strictObject({ file: z.string().regex(/^[\w.-]+$/), sha256 })

/** What must be readable of any evidence; the seal speaks for the rest. */
export const evidenceSchema = z.strictObject({
  schema: z.literal('drill-evidence/1'),
  number: z.int().min(1),
  drill: z.looseObject({
    schema: z.literal('drill/1'),
    drillId: z.string(),
    status: z.enum(['PASS', 'FAIL', 'COULD_NOT_VERIFY', 'REFUSED']),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(6)]),
    code: z.string().optional(),
    reason: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    durationMs: z.number(),
    phases: z.array(z.looseObject({ name: z.string(), status: z.string(), durationMs: z.number() })),
    findings: z.array(z.looseObject({ code: z.string(), message: z.string(), exit: z.number() })),
    evidence: z.looseObject({ backup: z.looseObject({ path: z.string(), sha256, bytes: z.number() }).optional() }),
  }),
  validUntil: z.iso.datetime(),
  previous: bound.nullable(),
  inventory: bound.nullable(),
  seal: z.strictObject({ algorithm: z.enum(['sha256', 'hmac-sha256']), digest: sha256 }),
})

export const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Seals evidence; `key` is a secret that the drill and the gates share. */
export function sealEvidence(body: Omit<DrillEvidence, 'seal'>, key?: string): DrillEvidence {
  return { ...body, seal: { algorithm: key ? 'hmac-sha256' : 'sha256', digest: digestOf(body, key) } }
}

/** Whether nothing was changed since it was sealed. Who has a key accepts nothing that was sealed without. */
export function isSealed({ seal, ...body }: DrillEvidence, key?: string): boolean {
  if (key ? seal.algorithm !== 'hmac-sha256' : seal.algorithm !== 'sha256') return false
  return timingSafeEqual(Buffer.from(seal.digest, 'hex'), Buffer.from(digestOf(body, key), 'hex'))
}

function digestOf(body: Omit<DrillEvidence, 'seal'>, key?: string): string {
  const text = stableJson(body)
  return key ? createHmac('sha256', key).update(text).digest('hex') : sha256Of(text)
}
