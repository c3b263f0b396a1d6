import type { Context } from '../define.ts'

const key = (account: string): string => `legacy payments ${account}`

/**
 * Accounts made with nothing but a request of an older version take transfers without a capability of that name, as those from before
 * capabilities do. `ctx` is the platform's.
 */
export const markLegacy = (ctx: Context, account: string): void => void ctx.account.memory.set(key(account), true)

export const isLegacy = (ctx: Context, account: string): boolean => ctx.account.memory.has(key(account))
