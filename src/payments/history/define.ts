import type { BodyForm } from '../deliver/body.ts'
import type { Signing } from '../deliver/signing.ts'
import type { EventLabel } from '../model/labels.ts'

export type ProviderName = 'stripe' | 'paypal'

/** One thing the provider speaks of: a purchase or a subscription. Data only: ids are made fresh whenever it is played. */
export interface SubjectSpec {
  kind: 'payment' | 'subscription'
  provider: ProviderName
  /** Which further thing of `facts.alternatives` is bought; absent: `facts.purchase`. */
  alternative?: number
  /** What was really charged, in minor units, where it is not the price. Events and the provider's objects agree on it. */
  charged?: { amount?: number; currency?: string }
  /** Laid over the contract's metadata; a null value removes the key, null instead of an object all of it. */
  metadata?: Record<string, unknown> | null
  /** Stripe's `livemode` of every event and object; the declared mode when absent. */
  livemode?: boolean
  /** Which of the two shapes invoices have: before and since API version 2025-03-31. */
  invoiceShape?: 'parent' | 'legacy'
  /** Belongs to the second of the two tenants of the contract. */
  otherTenant?: boolean
  /** All events are created within the same second. */
  sameSecond?: boolean
}

/** One event of one subject. `copy` above 1 is a new event (another event id) of the same fact. */
export interface EventRef {
  subject: string
  event: EventLabel
  copy?: number
  /** Delivered to this replica of the target, counted from 1; absent: to the target itself. */
  replica?: number
}

/** Something broken while the first attempt of a delivery is made; mended before the provider tries again. */
export type Fault = 'db-down' | 'mail-down' | 'audit-down' | 'provider-500' | 'provider-429' | 'provider-hang'

export interface DeliverStep extends EventRef {
  do: 'deliver'
  /** At most so many attempts; absent: as the provider does, until it is answered 2xx. */
  attempts?: number
  /** Absent: genuine. Any other is no legal delivery, so the fact has not happened. */
  signing?: Signing
  body?: BodyForm
  fault?: Fault
  /** Kill -9 so many milliseconds after the answer's status line, then start again. An acknowledged event is not delivered again. */
  killAfterMs?: number
  /** Kill -9 so many milliseconds after the request was sent, whatever was answered, then start again and retry. */
  killDuringMs?: number
}

/** All at once, their last bytes together; each that is not answered 2xx is then retried. */
export interface BurstStep {
  do: 'burst'
  events: EventRef[]
  /** Kill -9 so many milliseconds after the last of them was answered, then start again. */
  killAfterMs?: number
  /** Kill -9 so many milliseconds after the last bytes were sent, then start again and retry. */
  killDuringMs?: number
}

export type Step =
  | DeliverStep
  | BurstStep
  | { do: 'settle' }
  /** Kill -9 of the whole process group, then start again. */
  | { do: 'kill' }
  | { do: 'restart' }

/** A history: who is spoken of, and what happens to the backend. It can be played, shrunk, printed and kept in a file. */
export interface History {
  subjects: Record<string, SubjectSpec>
  steps: Step[]
}
