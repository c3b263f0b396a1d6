import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'
import { declare } from '../inventory.ts'

export interface Stage {
  /** A client whose account nothing else uses. */
  stripe: Stripe
  sandbox: Sandbox
}

/** One thing that Stripe's documentation says happens, and the page that says it. */
export type Behaviour = readonly [promise: string, page: string, check: (stage: Stage) => Promise<void>]

/** Runs a table of behaviours, each under an account of its own. */
export function runBehaviours(behaviours: readonly Behaviour[]): void {
  if (declare(behaviours.map(([promise, page]) => ({ promise, page })))) return
  let sandbox: Sandbox
  before(async () => {
    sandbox = await startSandbox()
  })
  after(() => sandbox.server.close())
  for (const [promise, page, check] of behaviours)
    test(`${promise} (docs.stripe.com/${page})`, () => check({ stripe: sandbox.client(), sandbox }))
}

/** Types of the account's events, oldest first. */
export async function eventTypes(stripe: Stripe): Promise<string[]> {
  return (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse()
}
