import { keepLineItems, type LineItemInput, lineItemsOf, makeLineItems } from '../checkout/line-items.ts'
import type { PaymentLink } from '../checkout/payment-link.ts'
import { checkSharing } from '../connect/share.ts'
import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { pageOf } from '../protocol/small-list.ts'
import type { Given } from '../wire.ts'

/** A page that anyone can buy at, again and again: docs.stripe.com/payment-links. */
export const paymentLinks = defineResource({
  object: 'payment_link',

  create(ctx) {
    const { id, params } = ctx
    if (params.line_items.length === 0)
      throw stripeError(400, 'parameter_missing', 'Missing required param: line_items.', 'line_items')
    const inputs = params.line_items as LineItemInput[]
    const isRecurring = inputs.some(({ price }) => ctx.tables.price.get(price ?? '')?.recurring)
    const items = makeLineItems(ctx, inputs, isRecurring ? 'subscription' : 'payment')
    keepLineItems(ctx, id, items)
    const currency = items[0]?.currency ?? 'usd'
    const amount = items.reduce((sum, item) => sum + item.amount_total, 0)
    const { application_fee_amount, on_behalf_of, transfer_data } = params
    checkSharing(ctx, { amount, application_fee_amount, currency, on_behalf_of, transfer_data })
    return {
      active: true,
      after_completion: completionOf(params.after_completion),
      allow_promotion_codes: params.allow_promotion_codes ?? false,
      automatic_tax: { enabled: params.automatic_tax?.enabled ?? false, liability: null },
      billing_address_collection: params.billing_address_collection ?? 'auto',
      currency,
      custom_fields: [],
      custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
      customer_creation: params.customer_creation ?? 'if_required',
      inactive_message: params.inactive_message ?? null,
      metadata: params.metadata ?? {},
      payment_intent_data: params.payment_intent_data
        ? { capture_method: null, description: null, metadata: {}, ...(params.payment_intent_data as object) }
        : null,
      payment_method_collection: params.payment_method_collection ?? 'always',
      payment_method_types: params.payment_method_types ?? null,
      phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
      restrictions: restrictionsOf(params.restrictions),
      shipping_options: [],
      submit_type: params.submit_type ?? 'auto',
      tax_id_collection: { enabled: params.tax_id_collection?.enabled ?? false, required: 'never' },
      url: ctx.url(`/b/${id}`),
    }
  },

  update(ctx) {
    const { object, params } = ctx
    changeItems(ctx, object.id, params.line_items as QuantityChange[] | undefined)
    return {
      ...(params.after_completion && { after_completion: completionOf(params.after_completion) }),
      ...(params.restrictions !== undefined && { restrictions: restrictionsOf(params.restrictions, object) }),
    }
  },

  operations: {
    'GET /v1/payment_links/{id}/line_items'(ctx) {
      const { id } = ctx.tables.payment_link.need(ctx.path.id)
      return pageOf(lineItemsOf(id, ctx.account), ctx.params, `/v1/payment_links/${id}/line_items`)
    },
  },
})

interface CompletionInput {
  type: PaymentLink['after_completion']['type']
  hosted_confirmation?: { custom_message?: string | null } | null | undefined
  redirect?: { url: string } | null | undefined
}

function completionOf(given: CompletionInput | undefined): Given<PaymentLink>['after_completion'] {
  if (given?.type !== 'redirect')
    return {
      type: 'hosted_confirmation',
      hosted_confirmation: { custom_message: given?.hosted_confirmation?.custom_message ?? null },
    }
  if (!given.redirect?.url)
    throw stripeError(
      400,
      'parameter_missing',
      'Missing required param: after_completion[redirect][url].',
      'after_completion[redirect][url]',
    )
  return { type: 'redirect', redirect: { url: given.redirect.url } }
}

function restrictionsOf(
  given: { completed_sessions: { limit: number } } | null | undefined,
  link?: PaymentLink,
): Given<PaymentLink>['restrictions'] {
  if (!given) return null
  return {
    completed_sessions: {
      count: link?.restrictions?.completed_sessions.count ?? 0,
      limit: given.completed_sessions.limit,
    },
  }
}

interface QuantityChange {
  id: string
  quantity?: number
}

/** Only quantities can change. */
function changeItems(ctx: Context, link: string, changes: QuantityChange[] | undefined): void {
  if (!changes) return
  const items = lineItemsOf(link, ctx.account)
  for (const { id } of changes)
    if (!items.some((item) => item.id === id))
      throw stripeError(400, 'resource_missing', `No such line item: '${id}'`, 'line_items')
  keepLineItems(
    ctx,
    link,
    items.map((item) => {
      const quantity = changes.find(({ id }) => id === item.id)?.quantity
      if (quantity === undefined || !item.quantity) return item
      const amount = (item.amount_total / item.quantity) * quantity
      return { ...item, amount_subtotal: amount, amount_total: amount, quantity }
    }),
  )
}
