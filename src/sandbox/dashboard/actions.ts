import { z } from 'zod'
import { duration, longestMs } from '../../stripe/control/duration.ts'
import { faultRule } from '../../stripe/faults/rule.ts'
import { longestRollMs, rollSecret } from '../../stripe/webhooks/endpoints.ts'
import { pathOf, tableOf } from './find.ts'
import { endpointsOf } from './pages/event.ts'
import { rulingAccount, type View } from './view.ts'

/** What a form did: the page that shows it, and what is told there. */
export interface Done {
  path: string
  /** Words that are the same every time. */
  notice: Notice
  /** What is told once, on the answer itself: it must not be in an address. */
  once?: string
}

/** Told on the page after a form; only these words can be. */
export const notices = {
  sent: 'The event is on its way again.',
  clock: 'The clock was turned; everything that became due has happened.',
  frozen: 'The clock stands still.',
  running: 'The clock runs.',
  faulty: 'The fault is waiting for its request.',
  faultless: 'Nothing goes wrong any more.',
  traffic: 'Events travel like this from now on.',
  rolled: 'The signing secret was rolled.',
  released: 'The events are on their way.',
} as const
export type Notice = keyof typeof notices

/** A form that cannot be done; the message is shown on the page it came from. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

type Form = Record<string, string>

/** Sends a stored event again. Undefined when there is no such event. */
export function resend(view: View, id: string, { endpoint = '' }: Form): Done | undefined {
  const { account, source } = view
  const event = pathOf(account, id, 'event')
  if (!event || !tableOf(account, 'event')?.get(id)) return undefined
  const endpoints = endpointsOf(view)
  if (endpoints.length === 0) throw new Unusable(event, 'There is no webhook endpoint to send it to.')
  const isSent = source.server.webhooks.resend(account, id, endpoint === '' ? undefined : endpoint)
  if (!isSent) throw new Unusable(event, 'That webhook endpoint is gone.')
  return { path: event, notice: 'sent' }
}

/** A date as browsers send it, `2030-01-31T09:30`, which is meant as UTC. */
const date = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/, 'a date such as 2030-01-31T09:30 is expected')
  .transform((text) => Date.parse(`${text}Z`))
  .refine((ms) => !Number.isNaN(ms), { error: 'there is no such date' })

const turn = z.strictObject({
  advance: duration.optional(),
  set: date.optional(),
  freeze: z.literal('true').optional(),
  resume: z.literal('true').optional(),
})

export function turnClock(view: View, form: Form): Done {
  const { advance, freeze, resume, set } = read(turn, form, '/clock')
  const { clock } = rulingAccount(view.source.server.accounts, view.account)
  if (set !== undefined && set - clock.now() > longestMs)
    throw new Unusable('/clock', 'The clock can be turned by ten years at a time.')
  if (freeze) clock.freeze()
  if (resume) clock.resume()
  if (advance !== undefined) clock.advance(advance)
  if (set !== undefined) clock.set(set)
  view.source.server.tick()
  return { path: '/clock', notice: (advance ?? set) !== undefined ? 'clock' : freeze ? 'frozen' : 'running' }
}

export function addFault(view: View, { nth, times, ...form }: Form): Done {
  const rule = read(
    faultRule,
    { ...form, nth: Number(nth), times: times === 'always' ? times : Number(times) },
    '/clock',
  )
  rulingAccount(view.source.server.accounts, view.account).faults.add(rule)
  return { path: '/clock', notice: 'faulty' }
}

export function clearFaults(view: View): Done {
  rulingAccount(view.source.server.accounts, view.account).faults.clear()
  return { path: '/clock', notice: 'faultless' }
}

const travel = z.strictObject({
  hold: z.enum(['', 'all']),
  copies: z.coerce.number().int().min(1).max(20),
  delay: duration,
})

export function setTraffic(view: View, form: Form): Done {
  const { hold, copies, delay } = read(travel, form, '/webhooks')
  view.source.server.webhooks.traffic.set(view.account.id, { hold: hold === 'all', copies, delayMs: delay })
  return { path: '/webhooks', notice: 'traffic' }
}

const roll = z.strictObject({
  endpoint: z.string(),
  expires: duration.refine((ms) => ms <= longestRollMs, { error: 'at most 24h' }),
})

/** Gives an endpoint a new signing secret, which is told once. Undefined when there is no such endpoint. */
export function rollEndpoint({ account }: View, form: Form): Done | undefined {
  const { endpoint, expires } = read(roll, form, '/webhooks')
  const secret = rollSecret(account, endpoint, expires)
  if (secret === undefined) return undefined
  const once = `${notices.rolled} The new one is ${secret}, and it is not shown again.`
  return { path: '/webhooks', notice: 'rolled', once }
}

const order = z.strictObject({ order: z.enum(['created', 'reversed']) })

export function release(view: View, form: Form): Done {
  view.source.server.webhooks.traffic.release(view.account.id, read(order, form, '/webhooks').order)
  return { path: '/webhooks', notice: 'released' }
}

function read<Schema extends z.ZodType>(schema: Schema, form: unknown, path: string): z.infer<Schema> {
  const parsed = schema.safeParse(form)
  if (parsed.success) return parsed.data
  throw new Unusable(
    path,
    parsed.error.issues.map(({ message, path: [name] }) => `${String(name ?? 'The form')}: ${message}`).join('; '),
  )
}
