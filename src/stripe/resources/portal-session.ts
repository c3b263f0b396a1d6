import { checkUrl } from '../checkout/session.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { defaultConfiguration } from '../portal/configuration.ts'
import { readFlow } from '../portal/session.ts'

/** A link to the billing portal for one customer: docs.stripe.com/api/customer_portal/sessions. The page is in pages/. */
export const portalSessions = defineResource({
  object: 'billing_portal.session',

  create(ctx) {
    const { id, params, tables } = ctx
    if (!params.customer) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
    const customer = tables.customer.need(params.customer, 'customer')
    checkUrl(params.return_url, 'return_url')
    const configuration = params.configuration
      ? tables['billing_portal.configuration'].need(params.configuration, 'configuration')
      : defaultConfiguration(ctx)
    if (!configuration.active)
      throw stripeError(
        400,
        undefined,
        `The configuration ${configuration.id} is inactive: activate it, or use another one.`,
        'configuration',
      )
    return {
      configuration: configuration.id,
      customer: customer.id,
      customer_account: null,
      flow: readFlow(ctx, params.flow_data, customer.id),
      locale: params.locale ?? null,
      on_behalf_of: params.on_behalf_of ?? null,
      return_url: params.return_url ?? configuration.default_return_url,
      url: ctx.url(`/p/session/${id}`),
    }
  },
})
