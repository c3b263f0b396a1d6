import { isDeepStrictEqual } from 'node:util'
import { exchangeTogether } from '../deliver/exchange.ts'
import type { SubjectSpec } from '../history/define.ts'
import type { Want } from '../model/want.ts'
import type { Observation, Settled, Subject } from '../observe/types.ts'
import type { EnvironmentChanges } from '../target/types.ts'
import { type Outcome, red } from '../verdict.ts'
import { createStory, type Story } from './buyer.ts'
import type { Attempt, Buyer, PlainRequest, Rig } from './define.ts'
import { burst, deliver } from './deliver.ts'
import { auditDifferences, differencesOf } from './judge.ts'
import { playHistory } from './play.ts'
import { type CheckoutOptions, checkoutRequest, rawRequest } from './requests.ts'
import { holdMsOf, policyOf, type Stand, Unmeasurable } from './stand.ts'
import { Tape } from './tape.ts'

export interface RigOptions {
  /** Of which probe: late looks go back to it. */
  probe: string
  random(): number
  /** Shorter than the contract's where a failure is already known and is only looked for again. */
  settleMs?: number
}

export interface WorkingRig extends Rig {
  tape: Tape
}

/** A rig of its own for one probe or one history, on a stand that all share. */
export function createRig(stand: Stand, options: RigOptions): WorkingRig {
  const { contract, observer, signal, target } = stand
  const tape = new Tape()
  const stories: Story[] = []
  const declared = (['stripe', 'paypal'] as const).filter((name) => contract.providers[name])
  const { sound } = stand.learnt
  const providers = sound.length > 0 ? sound : declared

  function begin(spec: SubjectSpec): Story {
    const name = `p${stories.length + 1}`
    const began = Math.floor(Date.now() / 1000) - 120
    const story = createStory({ contract, policy: policyOf(stand), fresh: stand.fresh, name, spec, began })
    stories.push(story)
    return story
  }
  const storyOf = (buyer: Buyer): Story => stories.find((story) => story.name === buyer.name)!

  const subjectOf = ({ user, email, payment, tenant }: Subject): Subject => ({
    user,
    email,
    payment,
    ...(tenant && { tenant }),
  })

  function differences(want: Want, observation: Observation) {
    const audit = auditDifferences(want, observation, contract.observe.audit?.effects)
    return [...differencesOf(want, observation), ...audit]
  }

  async function settle(buyer: Buyer, want = buyer.want()): Promise<Settled> {
    await asUsual()
    return keep(buyer, want, await watch(buyer, want))
  }

  /** All at the same time, kept in their order. */
  async function settleAll(buyers: readonly Buyer[]): Promise<Settled[]> {
    await asUsual()
    const all = await Promise.all(buyers.map((buyer) => watch(buyer, buyer.want())))
    return buyers.map((buyer, index) => keep(buyer, buyer.want(), all[index]!))
  }

  const watch = (buyer: Buyer, want: Want): Promise<Settled> =>
    observer.settle(subjectOf(buyer), {
      want: (observation) => differences(want, observation).length === 0,
      holdMs: holdMsOf(stand),
      parts: ['grants', 'payment', 'mails'],
      signal,
      ...(options.settleMs !== undefined && { settleMs: options.settleMs }),
    })

  function keep(buyer: Buyer, want: Want, settled: Settled): Settled {
    const story = storyOf(buyer)
    tape.state(story, settled.observation)
    tape.step({ do: 'settle' })
    if (settled.observation.trouble.length > 0 && !settled.reached) throw unreadable(settled.observation)
    const isFirst = settled.reached && story.delivered.has('cap') && story.delivered.size === 1
    if (isFirst) stand.first ??= { story, captures: stand.captures, pid: target.pid }
    if (settled.reached) stand.lateLooks.set(story, { probe: options.probe, want, at: performance.now() })
    else stand.lateLooks.delete(story)
    return settled
  }

  const rig: WorkingRig = {
    tape,
    contract,
    supplies: stand.supplies,
    double: stand.double,
    observer,
    nemesis: stand.nemesis,
    target,
    smoke: stand.smoke,
    budgetMs: stand.budgetMs,
    signal,
    providers,
    random: options.random,
    get lagMs() {
      return stand.learnt.lagMs
    },
    get timeline() {
      return tape.timeline
    },
    payment: (spec = {}) => begin({ kind: 'payment', provider: providers[0]!, ...spec }),
    first() {
      const { first } = stand
      if (!first || first.pid !== target.pid || stories.length > 0) return undefined
      stories.push(first.story)
      return { buyer: first.story, since: stand.captures - first.captures }
    },
    subscription: (spec = {}) => begin({ kind: 'subscription', provider: 'stripe', ...spec }),
    get subscriptions() {
      return stand.learnt.subscriptions
    },
    async deliver(buyer, event, how) {
      await asUsual()
      return deliver(stand, tape, storyOf(buyer), event, how)
    },
    async burst(events, how) {
      await asUsual()
      const stories = events.map(({ buyer, ...rest }) => ({ ...rest, story: storyOf(buyer) }))
      return burst(stand, tape, stories, how)
    },
    async request(request) {
      return (await sendAll([request]))[0]!
    },
    requests: (requests) => sendAll(requests),
    checkoutRequest: (buyer, how?: CheckoutOptions) => checkoutRequest(stand, buyer, how),
    checkout: (buyer, how?: CheckoutOptions) => rig.request(checkoutRequest(stand, buyer, how)),
    async observe(buyer) {
      await asUsual()
      const observation = await observer.observe(subjectOf(buyer), { signal })
      tape.state(storyOf(buyer), observation)
      return observation
    },
    settle,
    settleAll,
    differences: (buyer, observation, want = buyer.want()) =>
      differences(want, observation).map((each) => `${each.got} instead of ${each.want}`),
    failuresOf: (buyer, observation) => differences(buyer.want(), observation),
    async judge(buyer, reason, want = buyer.want()): Promise<Outcome | undefined> {
      const { reached, observation } = await settle(buyer, want)
      if (reached) return undefined
      const [first] = differences(want, observation)
      if (!first) throw unreadable(observation)
      const { kind, ...shown } = first
      return red(reason, { ...shown, failure: { subject: buyer.name, kind } })
    },
    async kill() {
      await asUsual()
      tape.step({ do: 'kill' })
      tape.add({ kind: 'process', lane: 'backend', text: 'kill -9, start again' })
      await target.kill9()
      await target.restart()
    },
    async withEnvironment(changes, { expectReady, aheadSeconds = 0 }, work) {
      const shown = Object.entries(changes).map(([name, value]) =>
        value === undefined ? `${name} unset` : `${name}=…`,
      )
      tape.step({ do: 'restart' }, false)
      tape.add({ kind: 'process', lane: 'backend', text: `started with ${shown.join(', ')}` })
      const isThere = stand.environment === 'left' && target.state !== 'exited' && isSame(stand.changes, changes)
      stand.environment = 'changed'
      stand.aheadMs = aheadSeconds * 1000
      stand.changes = changes
      try {
        // Nobody needed the usual environment since somebody else had asked for this one.
        if (!isThere) await target.restart({ env: changes, expectReady })
        if (target.state === 'silent')
          throw new Unmeasurable('the backend runs, but does not answer, so nothing can be said of it')
        const running = target.state === 'ready' || target.state === 'not-ready'
        if (!running) tape.add({ kind: 'process', lane: 'backend', text: 'refused to start' })
        return await work({ ready: target.state === 'ready', running })
      } finally {
        stand.aheadMs = 0
        stand.environment = 'left'
      }
    },
    play: (history, how) => playHistory(stand, history, { ...options, ...how }),
    fork: () => createRig(stand, options),
    note(text, { isPlayable = true } = {}) {
      if (!isPlayable) tape.step({ do: 'settle' }, false)
      tape.add({ kind: 'note', lane: 'backend', text })
    },
  }

  /** A start costs a second or more: it is undone when somebody needs the usual environment, not before. */
  async function asUsual(): Promise<void> {
    if (stand.environment !== 'left') return
    // Several who need it at once wait for one start.
    stand.returning ??= target.restart({ env: {} }).finally(() => {
      stand.environment = 'usual'
      delete stand.returning
    })
    await stand.returning
  }

  async function sendAll(requests: readonly PlainRequest[]): Promise<Attempt[]> {
    await asUsual()
    tape.step({ do: 'settle' }, false)
    const timeoutMs = Math.max(0, ...requests.map((request) => request.timeoutMs ?? 0))
    const answers = await exchangeTogether(target.baseUrl, requests.map(rawRequest), {
      signal,
      ...(timeoutMs > 0 && { timeoutMs }),
    })
    for (const [index, { method, path }] of requests.entries())
      tape.attempt(`${method} ${path.split('?')[0]}`, answers[index]!)
    return answers
  }

  return rig
}

const isSame = (one: EnvironmentChanges | undefined, other: EnvironmentChanges): boolean =>
  one !== undefined && isDeepStrictEqual(one, other)

const unreadable = ({ trouble }: Observation): Unmeasurable =>
  new Unmeasurable(
    trouble.map(({ observer, reason }) => `${observer} could not be read: ${reason}`).join('; ') ||
      'nothing could be read',
  )
