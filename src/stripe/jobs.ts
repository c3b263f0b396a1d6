import type { Account, Job } from './accounts.ts'
import { scheduleOf } from './accounts.ts'
import { RequestContext } from './context.ts'
import type { JobContext, RequestView } from './define.ts'
import { StripeError } from './error.ts'
import type { EngineWorld } from './world.ts'

/** The request behind what the clock does: none. */
export const noRequest = (apiVersion: string): RequestView => ({
  id: null,
  idempotencyKey: null,
  method: '',
  path: '',
  apiVersion,
  key: 'none',
})

/** Runs what is due on a clock of an account, in order, each at its own time. Jobs may schedule further ones. */
export function runDue(world: EngineWorld, account: Account, clock: string, until: number): void {
  const schedule = scheduleOf(account, clock)
  for (let due = schedule.takeDue(until); due; due = schedule.takeDue(until)) runJob(world, account, due.value, due.at)
}

function runJob(world: EngineWorld, account: Account, { object, job, id }: Job, at: number): void {
  const run = world.registry.resource(object)?.jobs?.[job]
  const record = account.store.table(object).get(id)
  if (!run || !record) return
  const context = new RequestContext(world, account, noRequest(world.registry.schema.catalogue.api), at)
  try {
    run(Object.assign(context, { id, object: record }) as unknown as JobContext<never>)
  } catch (error) {
    // A decline is an outcome of the job, stored by whoever met it.
    if (!(error instanceof StripeError)) throw error
  } finally {
    context.finish()
  }
}
