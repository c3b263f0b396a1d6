/**
 * What the events of a payment are called here, in the order in which their facts happen at the provider.
 * `cap` captured · `cs` the Checkout session of it completed · `part`/`rest` two partial refunds that add up · `full` one full refund ·
 * `…Object` the `refund.created` beside the `charge.refunded` · `unpaid`, `asyncOk`, `asyncFail` a bank debit's session.
 */
export const paymentLabels = [
  'created',
  'processing',
  'failed',
  'unpaid',
  'expired',
  'asyncFail',
  'authorized',
  'cap',
  'charge',
  'cs',
  'asyncOk',
  'order',
  'part',
  'partObject',
  'rest',
  'restObject',
  'full',
  'fullObject',
  'refundFailed',
  'reversed',
  'disputed',
  'won',
  'lost',
  'unknown',
] as const

/**
 * `incomplete` created before it is paid · `sc`/`su`/`sd` created, updated (active), deleted · `inv`, `invOk` its first invoice as
 * `invoice.paid` and as `invoice.payment_succeeded` · `renew` a later one · `unpaidInv` a payment failed.
 */
export const subscriptionLabels = [
  'incomplete',
  'sc',
  'subCs',
  'inv',
  'invOk',
  'su',
  'pastDue',
  'unpaidInv',
  'renew',
  'sd',
] as const

export type PaymentLabel = (typeof paymentLabels)[number]
export type SubscriptionLabel = (typeof subscriptionLabels)[number]
export type EventLabel = PaymentLabel | SubscriptionLabel
