import { z } from 'zod'

export const dayMs = 86_400_000

/** The longest a waiver may last. */
export const longestWaiverDays = 90

/** A `YYYY-MM-DD` that a calendar has. */
export const day = z
  .string({ error: 'expected a date such as 2026-11-25' })
  .refine((value) => !Number.isNaN(parseDay(value)), { error: 'expected a date such as 2026-11-25' })

/** A text that says something; `what` is expected when it does not. */
export const noBlank = (what: string) =>
  z
    .string({ error: `expected ${what}` })
    .trim()
    .min(1, { error: `expected ${what}` })

export const waiverSchema = z
  .strictObject({
    check: z.string().regex(/^[\w-]+\/[\w-]+$/, { error: 'expected gate/check' }),
    reason: noBlank('why this may be ignored for now'),
    ticket: noBlank('the ticket that ends this'),
    approvedBy: z.array(noBlank('a name')).min(1, { error: 'expected at least one name' }),
    created: day,
    expires: day.describe('Last day of the waiver, UTC; at most 90 days after created'),
  })
  .superRefine(({ created, expires }, context) => {
    const days = (parseDay(expires) - parseDay(created)) / dayMs
    if (Number.isNaN(days)) return
    if (days < 0) context.addIssue({ code: 'custom', path: ['expires'], message: 'is before created' })
    if (days <= longestWaiverDays) return
    context.addIssue({
      code: 'custom',
      path: ['expires'],
      message: `is ${days} days after created; a waiver lasts at most ${longestWaiverDays}`,
    })
  })

export type Waiver = z.output<typeof waiverSchema>

/** Epoch milliseconds of the first moment of a `YYYY-MM-DD`, UTC; NaN for a day that no calendar has. */
export function parseDay(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return Number.NaN
  const ms = Date.parse(`${text}T00:00:00.000Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms : Number.NaN
}

export type WaiverState = 'valid' | 'expired' | 'future'

/** A waiver holds from the start of its first day through the end of its last, UTC. */
export function waiverState(waiver: Waiver, now: number): WaiverState {
  if (now < parseDay(waiver.created)) return 'future'
  return now < parseDay(waiver.expires) + dayMs ? 'valid' : 'expired'
}

/** Days after this one that the waiver still holds: 0 on its last day, negative when it is over. */
export const waiverDaysLeft = (waiver: Pick<Waiver, 'expires'>, now: number): number =>
  Math.ceil((parseDay(waiver.expires) + dayMs - now) / dayMs) - 1
