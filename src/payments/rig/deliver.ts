import { exchange, exchangeTogether } from '../deliver/exchange.ts'
import { ofGatewayAnswer } from '../deliver/gateway-event.ts'
import { pause } from '../deliver/pause.ts'
import { isLegal } from '../deliver/signing.ts'
import type { DeliverStep } from '../history/define.ts'
import type { EventLabel } from '../model/labels.ts'
import type { Story } from './buyer.ts'
import type { Attempt, BurstOptions, DeliverOptions, Delivery } from './define.ts'
import { withFault } from './fault.ts'
import type { Stand } from './stand.ts'
import { deliveryText, type Tape } from './tape.ts'
import { isThroughGateway, webhookRequest } from './wire.ts'
import { letHappen, publish } from './world.ts'

/** Milliseconds before the second attempt, the third … of an event that was not acknowledged. */
const retryGapsMs = [50, 50, 200, 600]

/** Delivers as the provider does: the same bytes with a fresh signature until the answer is 2xx. */
export async function deliver(
  stand: Stand,
  tape: Tape,
  story: Story,
  label: EventLabel,
  options: DeliverOptions = {},
): Promise<Delivery> {
  announce(stand, story, label, options)
  tape.subject(story)
  tape.step(stepOf(story, label, options), isPlain(options))
  const most = options.attempts ?? retryGapsMs.length + 1
  const attempts: Attempt[] = []
  const tryOnce = () => attempt(stand, tape, story, label, options, attempts.length === 0)
  for (let count = 1; count <= most; count++) {
    const first = count === 1 && options.fault
    attempts.push(first ? await withFault(stand, tape, first, tryOnce) : await tryOnce())
    if (attempts.at(-1)!.outcome === 'ok' || count === most || stand.signal.aborted) break
    await pause(retryGapsMs[count - 1] ?? 1_000)
  }
  return deliveryOf(attempts)
}

/** All first attempts at once; what was not acknowledged is then retried one after the other. */
export async function burst(
  stand: Stand,
  tape: Tape,
  events: readonly { story: Story; event: EventLabel; copy?: number; replica?: number }[],
  { retry = true, killAfterMs, killDuringMs }: BurstOptions = {},
): Promise<Delivery[]> {
  for (const { story, event, copy } of events) {
    announce(stand, story, event, { ...(copy && { copy }) })
    tape.subject(story)
  }
  const refs = events.map(({ story, event, copy, replica }) => ({
    subject: story.name,
    event,
    ...(copy && { copy }),
    ...(replica && { replica }),
  }))
  tape.step({
    do: 'burst',
    events: refs,
    ...(killAfterMs !== undefined && { killAfterMs }),
    ...(killDuringMs !== undefined && { killDuringMs }),
  })
  const optionsOf = ({ copy, replica }: { copy?: number; replica?: number }): DeliverOptions => ({
    ...(copy && { copy }),
    ...(replica && { replica }),
  })
  const requests = events.map((each) => webhookRequest(stand, each.story, each.event, optionsOf(each)))
  const kill = killing(stand, tape)
  let answered = 0
  const answers = await exchangeTogether(stand.target.baseUrl, requests, {
    signal: stand.signal,
    ...(killAfterMs !== undefined && { onStatus: () => ++answered === requests.length && kill.in(killAfterMs) }),
    ...(killDuringMs !== undefined && { onSent: () => kill.in(killDuringMs) }),
  })
  const firsts = answers.map((answer, index) => told(stand, events[index]!.story, answer))
  for (const [index, each] of events.entries())
    tape.attempt(`${deliveryText(each.story, each.event, optionsOf(each))}  (at once)`, firsts[index]!)
  await kill.over(
    killAfterMs === undefined ? `${killDuringMs} ms after the requests` : `${killAfterMs} ms after the answers`,
  )
  const deliveries: Delivery[] = []
  for (const [index, each] of events.entries()) {
    const { story, event } = each
    const how = optionsOf(each)
    const attempts = [firsts[index]!]
    for (const gap of retry ? retryGapsMs : []) {
      if (attempts.at(-1)!.outcome === 'ok' || stand.signal.aborted) break
      await pause(gap)
      attempts.push(await attempt(stand, tape, story, event, how, false))
    }
    deliveries.push(deliveryOf(attempts))
  }
  return deliveries
}

/** What the provider sends has happened; what it did not send has not. */
function announce(stand: Stand, story: Story, label: EventLabel, { signing, raw, copy = 1 }: DeliverOptions): void {
  stand.lateLooks.delete(story)
  if (!isLegal(signing) || raw !== undefined) return
  if (label === 'cap' && !story.delivered.has(label)) stand.captures++
  letHappen(stand, story, [label])
  publish(stand, story, label, copy)
  story.delivered.add(label)
}

async function attempt(
  stand: Stand,
  tape: Tape,
  story: Story,
  label: EventLabel,
  options: DeliverOptions,
  isFirst: boolean,
): Promise<Attempt> {
  const { target, signal } = stand
  const { killAfterMs, killDuringMs, timeoutMs } = options
  const request = webhookRequest(stand, story, label, options)
  const kill = killing(stand, tape)
  const isAfter = isFirst && killAfterMs !== undefined
  const isDuring = isFirst && killDuringMs !== undefined
  if (isDuring) kill.in(killDuringMs)
  const answer = await exchange(target.baseUrl, request, {
    signal,
    ...(timeoutMs && { timeoutMs }),
    ...(isAfter && { onStatus: (status) => status < 300 && kill.in(killAfterMs) }),
  })
  const made = told(stand, story, answer)
  tape.attempt(deliveryText(story, label, options), made)
  await kill.over(isAfter ? `${killAfterMs} ms after the 2xx` : `${killDuringMs} ms after the request`)
  return made
}

/** What the webhook itself answered. */
const told = (stand: Stand, story: Story, answer: Attempt): Attempt =>
  isThroughGateway(stand, story) ? ofGatewayAnswer(answer) : answer

/** At most one kill; `over` resolves when the target runs again, at once where nobody killed it. */
function killing({ target }: Stand, tape: Tape): { in(ms: number): void; over(when: string): Promise<void> } {
  let dying: Promise<void> | undefined
  return {
    in(ms) {
      dying ??= (ms === 0 ? Promise.resolve() : pause(ms)).then(() => target.kill9())
    },
    async over(when) {
      if (!dying) return
      await dying
      dying = undefined
      tape.add({ kind: 'process', lane: 'backend', text: `kill -9 ${when}, start again` })
      await target.restart()
    },
  }
}

const deliveryOf = (attempts: Attempt[]): Delivery => {
  const last = attempts.at(-1)!
  return { attempts, acknowledged: attempts.some(({ outcome }) => outcome === 'ok'), last }
}

const isPlain = ({ change, raw, secrets, headers, path, method, chunked, base64 }: DeliverOptions): boolean =>
  [change, raw, secrets, headers, path, method, chunked, base64].every((each) => each === undefined)

function stepOf(story: Story, event: EventLabel, options: DeliverOptions): DeliverStep {
  const { copy, replica, attempts, signing, body, fault, killAfterMs, killDuringMs } = options
  return {
    do: 'deliver',
    subject: story.name,
    event,
    ...(copy !== undefined && { copy }),
    ...(replica !== undefined && { replica }),
    ...(attempts !== undefined && { attempts }),
    ...(signing !== undefined && { signing }),
    ...(body !== undefined && { body }),
    ...(fault !== undefined && { fault }),
    ...(killAfterMs !== undefined && { killAfterMs }),
    ...(killDuringMs !== undefined && { killDuringMs }),
  }
}

export { pause } from '../deliver/pause.ts'
