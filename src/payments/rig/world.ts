import { happened } from '../model/facts.ts'
import type { EventLabel } from '../model/labels.ts'
import { paypalObjects } from '../model/paypal/events.ts'
import { stripeObjects } from '../model/stripe/events.ts'
import type { Story } from './buyer.ts'
import type { Stand } from './stand.ts'

/**
 * Lets facts happen at the provider: from now on a re-fetch finds them. It must come before the event is sent, or a backend that asks
 * the provider would be told less than the event says.
 */
export function letHappen({ double }: Pick<Stand, 'double'>, story: Story, labels: readonly EventLabel[]): void {
  const before = story.facts.size
  for (const label of labels) story.facts.add(label)
  if (story.facts.size === before) return
  const facts = happened(story.facts)
  if (story.spec.provider === 'stripe') double.stripe.put(...stripeObjects(story.terms, facts))
  else for (const { kind, resource } of paypalObjects(story.terms, facts)) double.paypal.put(kind, resource)
}

/** The event itself can be fetched too. */
export function publish({ double }: Pick<Stand, 'double'>, story: Story, label: EventLabel, copy: number): void {
  const { body, id } = story.event(label, copy)
  if (story.spec.provider === 'stripe') double.stripe.put({ ...body, id, object: 'event' })
  else double.paypal.put('webhook-event', { ...body, id })
}
