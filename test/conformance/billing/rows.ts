import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import type { Shop } from '../../stripe/billing/shop.ts'

/** One promise of Stripe's documentation, and a story that holds it against the sandbox. */
export interface Row {
  /** Page below docs.stripe.com. */
  page: string
  promise: string
  story(shop: Shop): Promise<void>
}

export const rowsOf = (page: string, stories: Record<string, Row['story']>): Row[] =>
  Object.entries(stories).map(([promise, story]) => ({ page, promise, story }))

/** Stripe's answer to what it does not do. */
export const refused = (work: Promise<unknown>, code: string | undefined, statusCode = 400): Promise<void> =>
  assert.rejects(work, (error: Stripe.errors.StripeError) => {
    assert.deepEqual([error.statusCode, error.code], [statusCode, code], error.message)
    return true
  })
