import { z } from 'zod'
import { day, dayMs, noBlank, parseDay, waiverDaysLeft } from './waiver.ts'

/** The longest a check may be out of the count. */
export const longestQuarantineDays = 30

/** Share of a project's checks that may be in quarantine at once; one always may. */
export const quarantineCap = 0.05

/** A check that fails by chance: it still runs and is shown, and does not count until somebody has had time to repair it. */
export const quarantineSchema = z
  .strictObject({
    check: z.string().regex(/^[\w-]+\/[\w-]+$/, { error: 'expected gate/check' }),
    owner: noBlank('who repairs it'),
    ticket: noBlank('the ticket that ends this'),
    created: day,
    until: day.describe('Last day of the quarantine, UTC; at most 30 days after created'),
  })
  .superRefine(({ created, until }, context) => {
    const days = (parseDay(until) - parseDay(created)) / dayMs
    if (Number.isNaN(days)) return
    if (days < 0) context.addIssue({ code: 'custom', path: ['until'], message: 'is before created' })
    if (days <= longestQuarantineDays) return
    const message = `is ${days} days after created; a quarantine lasts at most ${longestQuarantineDays}`
    context.addIssue({ code: 'custom', path: ['until'], message })
  })

export type Quarantine = z.output<typeof quarantineSchema>

/** From the start of its first day through the end of its last, UTC. */
export const isQuarantined = ({ created, until }: Quarantine, now: number): boolean =>
  now >= parseDay(created) && now < parseDay(until) + dayMs

/** Days after this one that it still holds: 0 on its last day, negative when it is over. */
export const quarantineDaysLeft = ({ until }: Quarantine, now: number): number =>
  waiverDaysLeft({ expires: until }, now)
