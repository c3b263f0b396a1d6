import { createHash } from 'node:crypto'
import { z } from 'zod'
import { stableJson } from '../kernel/json.ts'

export const modes = ['mock', 'sandbox', 'live'] as const
export type Mode = (typeof modes)[number]

export const states = ['put', 'sending', 'sent', 'failed', 'unknown'] as const
/** `unknown`: the process died while sending; the message may or may not be out, and is never sent again by itself. */
export type State = (typeof states)[number]

export const attemptSchema = z.object({
  attempt: z.int().min(1),
  state: z.enum(['sending', 'sent', 'failed', 'unknown']),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Epoch milliseconds until which the sender is believed to be alive. */
  leaseUntil: z.number(),
  by: z.string(),
  settledAt: z.number().optional(),
  providerId: z.string().optional(),
  status: z.number().optional(),
  error: z.string().optional(),
})
export type Attempt = z.output<typeof attemptSchema>

const renderedSchema = z.object({
  subject: z.string(),
  text: z.string().optional(),
  html: z.string().optional(),
})
export type Rendered = z.output<typeof renderedSchema>

/** What the first users' files hold: enough to be listed, not enough to be verified. */
export const firstSchema = z.object({
  to: z.string(),
  template: z.string(),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
  sandbox: z.boolean(),
  mocked: z.boolean(),
  /** Unix seconds. */
  ts: z.number(),
})

/** One file of the outbox: the first users' seven fields, then ours. */
export const entrySchema = firstSchema.extend({
  /** The file's name without `.json`: `<epoch ms>-<counter>-<random>_<template>`; sorts by time. */
  id: z.string(),
  state: z.enum(states),
  channel: z.enum(['mail', 'sms']),
  mode: z.enum(modes),
  key: z.string().nullable(),
  /** SHA-256 of what was asked for, without time, mode and provider: tells a repetition from a misused key. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** What made it necessary, such as an event id. */
  cause: z.string().nullable(),
  provider: z.string().nullable(),
  /** The provider honours idempotency keys, so an attempt that was cut off may be repeated under the same key. */
  resendable: z.boolean(),
  /** Exactly what the recipient gets: a template that changes later does not change a message that was accepted. */
  rendered: renderedSchema.nullable(),
  /** The body of the provider's request; never a header, never a key. */
  request: z.unknown(),
  attempts: z.array(attemptSchema),
})
export type OutboxEntry = z.output<typeof entrySchema>
export type FirstEntry = z.output<typeof firstSchema>

export interface OutboxMessage {
  /** One mail address, or one E.164 number when `channel` is `sms`. */
  to: string
  template: string
  subject: string
  data: Record<string, unknown>
  channel?: 'mail' | 'sms' | undefined
  cause?: string | undefined
  mode?: Mode | undefined
  provider?: string | undefined
  resendable?: boolean | undefined
  rendered?: Rendered | undefined
  request?: unknown
}

type Asked = Pick<OutboxMessage, 'to' | 'template' | 'subject' | 'data' | 'channel'> & {
  cause?: string | null | undefined
}

/** The same message asked for twice has the same fingerprint, whenever and however it is sent. */
export function fingerprintOf({ to, template, subject, data, channel = 'mail', cause = null }: Asked): string {
  return sha256(stableJson({ to, template, subject, data, channel, cause }))
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Where the message goes by mode, in the first users' two words. */
export const flagsOf = (mode: Mode): { sandbox: boolean; mocked: boolean } => ({
  sandbox: mode === 'sandbox',
  mocked: mode === 'mock',
})

export const entryText = (entry: OutboxEntry): string => `${JSON.stringify(entry, null, 2)}\n`
