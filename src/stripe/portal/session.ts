import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'

export type PortalSession = Stored<'billing_portal.session'>

const usedKey = (id: string) => `portal used ${id}`
const untilFirstUse = 5 * 60
const untilNextUse = 60 * 60

/** A link is good for five minutes, and once it was used until nothing happened for an hour. */
export function isPortalOpen(ctx: Context, { created, id }: PortalSession): boolean {
  const used = ctx.account.memory.get(usedKey(id)) as number | undefined
  return used === undefined ? ctx.now <= created + untilFirstUse : ctx.now <= used + untilNextUse
}

export const markPortalUsed = (ctx: Context, { id }: PortalSession): void =>
  void ctx.account.memory.set(usedKey(id), ctx.now)

interface FlowData {
  type: string
  after_completion?: { type: string; redirect?: object; hosted_confirmation?: { custom_message?: string } }
  [details: string]: unknown
}

/** The flow of a session as it shows it; its subscription must be the customer's. */
export function readFlow(ctx: Context, given: object | undefined, customer: string): PortalSession['flow'] {
  if (!given) return null
  const data = given as FlowData
  const details = data[data.type] as { subscription?: string } | undefined
  const param = `flow_data[${data.type}][subscription]`
  if (data.type.startsWith('subscription_')) {
    if (!details?.subscription) throw stripeError(400, 'parameter_missing', `Missing required param: ${param}.`, param)
    if (ctx.tables.subscription.need(details.subscription, param).customer !== customer)
      throw stripeError(400, undefined, `The subscription ${details.subscription} is not the customer's.`, param)
  }
  const { hosted_confirmation, redirect, type = 'portal_homepage' } = data.after_completion ?? {}
  const shown = {
    after_completion: {
      hosted_confirmation: hosted_confirmation ? { custom_message: hosted_confirmation.custom_message ?? null } : null,
      redirect: redirect ?? null,
      type,
    },
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: data.type,
    ...(details && { [data.type]: withNulls(data.type, details) }),
  }
  return shown as unknown as PortalSession['flow']
}

function withNulls(type: string, details: object): object {
  if (type === 'subscription_cancel') return { retention: null, ...details }
  return type === 'subscription_update_confirm' ? { discounts: null, ...details } : details
}
