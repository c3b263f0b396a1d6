import { z } from 'zod'
import { bodyOf, type Control, type ControlRoutes, Refused } from './define.ts'

const expected = z.union([
  z
    .int()
    .min(0)
    .transform((count) => ({ min: count, max: count })),
  z.strictObject({ min: z.int().min(0).default(0), max: z.int().min(0).optional() }),
])

const assertion = z.strictObject({
  events: z.record(z.string(), expected).optional().describe('By type'),
  objects: z.record(z.string(), expected).optional().describe('By kind: refund, checkout.session'),
  requests: z.record(z.string(), expected).optional().describe('By method and path: POST /v1/refunds'),
  deliveries: z.record(z.string(), expected).optional().describe('Attempts, by type of the event'),
  generic: expected.optional().describe('Answers that only imitate'),
})

type Assertion = z.infer<typeof assertion>

/** `{ events: { "charge.refunded": 1 }, objects: { refund: 1 }, requests: { "POST /v1/refunds": { max: 2 } }, generic: 0 }`; 422 names what differs. */
export const assertRoutes: ControlRoutes = {
  'POST /_gatekit/assert'(control) {
    const wanted = bodyOf(control, assertion)
    const counted = [...counts(control, wanted)]
    const failures = counted.filter(({ found, min, max }) => found < min || found > (max ?? found))
    if (failures.length === 0)
      return { ok: true, counts: Object.fromEntries(counted.map((each) => [each.what, each.found])) }
    const texts = failures.map((each) => `${each.what}: expected ${rangeOf(each)}, found ${each.found}`)
    throw new Refused(422, texts.join('; '), { failures })
  },
}

interface Count {
  what: string
  min: number
  max?: number | undefined
  found: number
}

function* counts(control: Control, { events, objects, requests, deliveries, generic }: Assertion): Generator<Count> {
  const { store, id } = control.account
  const journal = store.journal.list()
  const attempts = deliveries ? (control.delivery?.attempts(id) ?? []) : []
  for (const [type, range] of Object.entries(events ?? {}))
    yield { what: `events ${type}`, ...range, found: store.table('event').by('type', type).length }
  for (const [object, range] of Object.entries(objects ?? {}))
    yield { what: `objects ${object}`, ...range, found: store.table(object).size }
  for (const [call, range] of Object.entries(requests ?? {}))
    yield {
      what: `requests ${call}`,
      ...range,
      found: journal.filter((entry) => call === `${entry.method} ${entry.path}` || call === entry.operation).length,
    }
  for (const [type, range] of Object.entries(deliveries ?? {}))
    yield { what: `deliveries ${type}`, ...range, found: attempts.filter((attempt) => attempt.type === type).length }
  if (generic) yield { what: 'generic answers', ...generic, found: journal.filter((entry) => entry.generic).length }
}

function rangeOf({ min, max }: Count): string {
  if (min === max) return String(min)
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}
