import type { ControlRoutes } from './define.ts'

/** Forgets everything of the account and of those connected to it: objects, clock, faults, deliveries. */
export const resetRoutes: ControlRoutes = {
  'POST /_gatekit/reset'({ account, accounts, onReset }) {
    onReset?.(accounts.reset(account.id))
    return { reset: account.id }
  },
}
