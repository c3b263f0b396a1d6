import { z } from 'zod'

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time such as 09:00, UTC' })

/** When a deployment may begin, in UTC. */
export const windowSchema = z
  .strictObject({
    days: z.array(z.enum(days)).min(1).default(['mon', 'tue', 'wed', 'thu']),
    from: time,
    to: time,
    except: z
      .array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'expected a date such as 2026-12-24' }))
      .default([])
      .describe('Days on which nothing is deployed'),
  })
  .refine(({ from, to }) => from < to, { error: 'from must be before to' })

export type DeploymentWindow = z.output<typeof windowSchema>

/** Whether a moment lies inside; the last minute is outside, for the deployment takes time too. */
export function isOpen({ days: open, from, to, except }: DeploymentWindow, now: number): boolean {
  const iso = new Date(now).toISOString()
  const clock = iso.slice(11, 16)
  return (
    open.includes(days[new Date(now).getUTCDay()]!) && !except.includes(iso.slice(0, 10)) && clock >= from && clock < to
  )
}

export const shownWindow = ({ days: open, from, to }: DeploymentWindow): string =>
  `${open.join(', ')} ${from}-${to} UTC`
