import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { declare } from './inventory.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'

/** One promise of Stripe's documentation. */
export interface Behaviour {
  promise: string
  /** The page that makes it, below docs.stripe.com. */
  page: string
  /** `stripe` has an account of its own. */
  check(stripe: Stripe, sandbox: Sandbox): Promise<void>
}

/** Tests each promise with the real client; an answer that does not fit its type fails the test, whatever the promise. */
export async function checkBehaviours(behaviours: readonly Behaviour[]): Promise<void> {
  if (declare(behaviours)) return
  const sandbox = await startSandbox()
  for (const { check, page, promise } of behaviours)
    test(`${promise} [${page}]`, async () => {
      await check(sandbox.client(), sandbox)
      assert.deepEqual(sandbox.problems.splice(0), [])
    })
}

/** The rows of a table: what is asked, and what comes of it. */
export const rows = <Row>(table: readonly Row[], each: (row: Row) => Behaviour): Behaviour[] => table.map(each)
