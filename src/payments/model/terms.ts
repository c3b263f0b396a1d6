import type { SubjectSpec } from '../history/define.ts'
import type { EventLabel } from './labels.ts'

/** All that the model has to know of a subject: what was agreed, what was charged, who it is and how objects are called. */
export interface Terms {
  spec: SubjectSpec
  /** What the contract says it costs and gives. */
  price: { packSize: number; amount: number; currency: string }
  /** What was charged: the price unless the history says otherwise. */
  amount: number
  currency: string
  /** Metadata of the subject's objects, filled in; undefined where there is none. */
  metadata: Record<string, unknown> | undefined
  livemode: boolean
  email: string
  ids: Ids
  /** Epoch seconds at which its story began. */
  began: number
}

export interface Ids {
  payment: string
  charge: string
  session: string
  customer: string
  /** By the label of the refund. */
  refund: string
  part: string
  rest: string
  full: string
  dispute: string
  subscription: string
  item: string
  invoice: string
  renewal: string
  order: string
  product: string
  recurringPrice: string
  paymentMethod: string
  balanceTransaction: string
}

/** An event before it has bytes. `object` is the resource as it was when the event was made. */
export interface ModelEvent {
  label: EventLabel
  id: string
  /** The provider's own name: `payment_intent.succeeded`. */
  type: string
  /** The whole event as it is sent. */
  body: Record<string, unknown>
}
