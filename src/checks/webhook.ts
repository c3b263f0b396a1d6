import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { stableJson } from '../kernel/json.ts'
import type { Finding } from '../kernel/record.ts'
import { QueryError, UnknownDatabase } from './database/open.ts'
import { queryTrouble } from './database/trouble.ts'
import { type CheckContext, defineCheck, fail, type Outcome, pass, undecided } from './define.ts'
import { emptyExpect, hasAny } from './expect/presence.ts'
import { FileTooLong, readText } from './files/content.ts'
import { locateFile, OutsidePath } from './files/locate.ts'
import { BodyTooLong } from './network/exchange.ts'
import { MissingBaseUrl, resolveUrl } from './network/request.ts'
import { unreachable } from './network/trouble.ts'
import { durationMs } from './options/duration.ts'
import { resolveSecret, variableReference } from './options/reference.ts'
import { sabotageWebhook } from './sabotage/webhook.ts'
import { BrokenEvent, eventExports, eventSchema, fillEvent, freshEvent, parseEvent } from './webhook/event.ts'
import {
  deliverForged,
  deliverGenuine,
  deliverySchema,
  judgeForged,
  judgeGenuine,
  type Rehearsal,
} from './webhook/phases.ts'
import { BrokenProbe, type EffectCounter, openProbe, probeSchema } from './webhook/probe.ts'

const usualAcks = [200, 201, 202, 204]
const status = z.int().min(200).max(599)

const options = z
  .strictObject({
    provider: z.literal('stripe'),
    endpoint: z
      .string()
      .regex(/^(?:\/(?!\/)|https?:\/\/(?![^/]*@))\S*$/, { error: 'expected a path or an http(s) URL' }),
    secret: variableReference.describe("The endpoint's signing secret"),
    event: eventSchema,
    deliver: deliverySchema,
    probe: probeSchema.optional().describe('Counts the effects of the event; without it only the answers are judged'),
    settle: durationMs.prefault('10s').describe('Longest wait for the effects'),
    quiet: durationMs.prefault('500ms').describe('Wait for effects that must not come'),
    expect: z
      .strictObject({
        effects: z.int().min(0).optional().describe('Effects of all deliveries together; goes with probe'),
        ack: z
          .array(status)
          .min(1)
          .optional()
          .describe('Accepted answers to good deliveries; 200, 201, 202, 204 when absent'),
      })
      .refine(hasAny, emptyExpect),
  })
  .refine(({ probe, expect }) => (probe === undefined) === (expect.effects === undefined), {
    error: 'probe and expect.effects go together: one counts what the other expects',
    path: ['probe'],
  })

type Options = z.output<typeof options>

/** The acknowledgement proves nothing: the effects do. All deliveries carry one event, and what it did is counted before and after. */
export const webhookCheck = defineCheck({
  type: 'webhook',
  sabotage: sabotageWebhook,
  summary: 'Delivers one signed event many times, also forged, late and at once, and counts what it did',
  options,
  templates: ['event'],
  example: {
    provider: 'stripe',
    endpoint: '/webhooks/payments',
    secret: { env: 'STRIPE_WEBHOOK_SECRET' },
    event: {
      type: 'payment_intent.succeeded',
      object: { id: 'pi_1', object: 'payment_intent', amount: 500, currency: 'usd', metadata: { pack: 'starter' } },
      names: { payment_id: '$.data.object.id' },
    },
    deliver: { sequential: 3, concurrent: 8, unsigned: 'reject', badSignature: 'reject', staleSignature: 'reject' },
    probe: {
      sql: {
        db: { env: 'DATABASE_URL' },
        query: 'select count(*) as n from packs where payment_id = $1',
        params: ['${event.payment_id}'],
      },
    },
    expect: { effects: 1, ack: [200, 202] },
  },
  async run(options, context): Promise<Outcome> {
    const reproduce = [`gatekit run ${context.id}`]
    if (context.environment.mode === 'live') {
      return undecided('invented events are not sent to a live environment: they would have real effects')
    }
    try {
      const prepared = await prepare(options, context)
      const outcome = await rehearse(options, prepared, context)
      return { ...outcome, exports: prepared.exports, reproduce }
    } catch (error) {
      const kinds = [BrokenEvent, BrokenProbe, MissingBaseUrl, OutsidePath, FileTooLong, BodyTooLong]
      if (kinds.some((kind) => error instanceof kind)) return { ...undecided((error as Error).message), reproduce }
      const isDatabase = error instanceof QueryError || error instanceof UnknownDatabase
      const trouble = isDatabase
        ? queryTrouble(error, context.signal)
        : unreachable(options.endpoint, error, context.signal)
      return { ...trouble, reproduce }
    }
  },
})

interface Prepared extends Rehearsal {
  exports: Record<string, unknown>
}

async function prepare({ event: wanted, endpoint, secret }: Options, context: CheckContext): Promise<Prepared> {
  const fixture =
    wanted.fixture && (await readText(await locateFile(wanted.fixture, { rootDir: context.rootDir, within: [] })))
  const settings = { fresh: wanted.fresh, now: context.clock.now(), livemode: false }
  const event = freshEvent(parseEvent(wanted, fixture), settings)
  const url = resolveUrl(endpoint.startsWith('/') ? { path: endpoint } : { url: endpoint }, context)
  return {
    event,
    exports: eventExports(event, wanted.names),
    target: { url, signal: context.signal, offline: context.offline },
    secret: resolveSecret(secret, context),
  }
}

/** Forged deliveries first, when the event must still be unknown, then at once, then one after another; effects are counted in between. */
async function rehearse(options: Options, prepared: Prepared, context: CheckContext): Promise<Outcome> {
  const { probe, deliver: wanted, expect } = options
  const counter = probe && (await openProbe(fillEvent(probe, prepared.event, prepared.exports), context))
  try {
    const before = await counter?.count()
    const effectsAt = (expected: number) =>
      counter && before !== undefined ? settleAt(expected, before, counter, options, context.signal) : undefined

    const forged = await deliverForged(wanted, prepared, context)
    const findings = judgeForged(forged, wanted.modeMismatch)
    const leaked = forged.length > 0 ? await effectsAt(0) : undefined
    const kinds = forged.map(({ kind }) => kind).join(', ')
    findings.push(...judgeEffects(`effects after ${kinds}`, 0, leaked))

    const genuine = await deliverGenuine(wanted, prepared, context)
    findings.push(...judgeGenuine(genuine, expect.ack ?? usualAcks))
    const effects = await effectsAt(expect.effects ?? 0)
    findings.push(...judgeEffects('effects', expect.effects ?? 0, effects))

    const deliveries = [...forged, ...genuine]
    const details = { ...prepared.exports, effects: effects ?? 'not counted', deliveries: deliveries.length }
    await context.evidence('deliveries.json', stableJson({ event: prepared.event, before, effects, deliveries }))
    if (findings.length === 0) return pass(details)
    return fail(`${findings.map(({ subject }) => subject).join('; ')} not as expected`, findings, details)
  } finally {
    await counter?.close()
  }
}

/** Without a probe there is no number to judge; the options see to it that none is expected then. */
function judgeEffects(subject: string, expected: number, actual: number | undefined): Finding[] {
  if (actual === undefined || actual === expected) return []
  return [{ subject, expected: String(expected), actual: String(actual) }]
}

const pollEveryMs = 50

/** The effects since `before`: waits until there are enough, then for a while more, so that a late duplicate is still seen. */
async function settleAt(
  expected: number,
  before: number,
  counter: EffectCounter,
  { settle, quiet }: Options,
  signal: AbortSignal,
): Promise<number> {
  const deadline = performance.now() + settle
  while ((await counter.count()) - before < expected && performance.now() < deadline) {
    await wait(Math.min(pollEveryMs, quiet), undefined, { signal })
  }
  await wait(quiet, undefined, { signal })
  return (await counter.count()) - before
}
