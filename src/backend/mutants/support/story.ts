import { AsyncLocalStorage } from 'node:async_hooks'
import type { Target } from '../../change.ts'
import type { Queryable } from '../../db/database.ts'
import type { Fact, Incoming } from '../../payments/facts.ts'

/** What a mutant remembers while one webhook is handled. */
export interface Story {
  incoming?: Incoming
  /** What was found out before the transaction began. */
  isFresh?: boolean
  /** The event's object as the provider has it now; null where it has none. */
  current?: Record<string, unknown> | null | undefined
}

const stories = new AsyncLocalStorage<Story>()

export const story = (): Story => stories.getStore() ?? {}

export interface Peeked {
  id: string
  type: string
  /** Of the payment or subscription, as far as the event tells. */
  payment: string
  object: Record<string, unknown> | undefined
}

/** Looks at a genuine webhook before anything is done with it, and outside its transaction. */
export function beforeWork({ parts }: Target, look: (event: Peeked, story: Story) => void | Promise<void>): void {
  const { checkStripe, checkPaypal } = parts
  const around =
    <Check extends typeof checkStripe | typeof checkPaypal>(check: Check) =>
    (backend: Parameters<Check>[0], raw: Buffer, headers: Parameters<typeof checkStripe>[2]) => {
      const mine: Story = {}
      // Before the first await, so that whoever called is in the same story afterwards.
      stories.enterWith(mine)
      return (async () => {
        const refusal = await (check as typeof checkStripe)(backend as never, raw, headers)
        if (!refusal) await look(peek(raw), mine)
        return refusal
      })()
    }
  parts.checkStripe = around(checkStripe) as typeof checkStripe
  parts.checkPaypal = around(checkPaypal) as typeof checkPaypal
}

function peek(raw: Buffer): Peeked {
  try {
    const event = JSON.parse(raw.toString('utf8')) as Record<string, Record<string, Record<string, unknown>>>
    const object = event.data?.object ?? event.resource ?? {}
    return {
      id: String(event.id),
      type: String(event.type ?? event.event_type),
      payment: String(object.payment_intent ?? object.id ?? ''),
      object,
    }
  } catch {
    return { id: '', type: '', payment: '', object: undefined }
  }
}

/** Decides itself whether an event is taken, with what the reference would have said; may change its facts. */
export function onClaim(
  { parts }: Target,
  decide: (tx: Queryable, incoming: Incoming, isNew: boolean) => boolean | Promise<boolean>,
): void {
  const { claimEvent } = parts
  parts.claimEvent = (tx, incoming, at) => {
    // Before the first await, so that the rest of the transaction is in the same story.
    const mine = stories.getStore() ?? {}
    stories.enterWith(mine)
    mine.incoming = incoming
    return (async () => decide(tx, incoming, await claimEvent(tx, incoming, at)))()
  }
}

/** Leaves out or changes what events say. */
export function onFacts({ parts }: Target, change: (fact: Fact) => Fact | undefined): void {
  const { factsOfStripe, factsOfPaypal } = parts
  const apply = (facts: Fact[]) => facts.map(change).filter((fact) => fact !== undefined)
  parts.factsOfStripe = (event) => apply(factsOfStripe(event))
  parts.factsOfPaypal = (event) => apply(factsOfPaypal(event))
}

export const isRefund = (fact: Fact): boolean => fact.kind === 'refund' || fact.kind === 'refund-total'

/** From now on nothing of this payment was ever given back. */
export async function forgetRefunds(tx: Queryable, payment: string): Promise<void> {
  await tx.query('update payments set refunded_total = 0 where payment_id = $1', [payment])
  await tx.query('delete from payment_refunds where payment_id = $1', [payment])
}
