import { z } from 'zod'
import type { Account } from '../accounts.ts'
import { bodyOf, type Control, type ControlRoutes, Refused } from './define.ts'
import { duration, longestMs } from './duration.ts'

/** Epoch seconds, or a date as text. */
const moment = z.union([
  z.int().transform((seconds) => seconds * 1000),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  z
    .string()
    .regex(/^\d{9,11}$/)
    .transform((seconds) => Number(seconds) * 1000),
])

const change = z
  .strictObject({
    freeze: z.union([z.literal(true), z.literal('true')]).optional(),
    set: moment.optional(),
    advance: duration.optional(),
    resume: z.union([z.literal(true), z.literal('true')]).optional(),
  })
  .refine((given) => Object.keys(given).length === 1, {
    error: 'expected exactly one of freeze: true, set: <date or epoch seconds>, advance: "2h", resume: true',
  })

/**
 * The account's clock drives retries of webhooks, payments that settle later, renewals and the life of idempotency keys. Turning it
 * runs everything that becomes due on the way, in order, before the answer comes.
 */
export const clockRoutes: ControlRoutes = {
  'GET /_gatekit/clock': ({ account }) => clockOf(account),

  'POST /_gatekit/clock'(control: Control) {
    const { freeze, set, advance, resume } = bodyOf(control, change)
    const { clock } = control.account
    if (set !== undefined && set - clock.now() > longestMs)
      throw new Refused(400, 'the clock can be turned by ten years at a time')
    if (freeze) clock.freeze()
    if (resume) clock.resume()
    if (set !== undefined) clock.set(set)
    if (advance !== undefined) clock.advance(advance)
    control.tick()
    return clockOf(control.account)
  },
}

function clockOf({ clock }: Account): object {
  const ms = clock.now()
  const { frozenAt, offsetMs } = clock.state()
  return { now: new Date(ms).toISOString(), epoch: Math.floor(ms / 1000), frozen: frozenAt !== undefined, offsetMs }
}
