import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { verifyBankSource } from '../payment/bank-source.ts'
import { addSource, needSource, removeSource, sourcesOf } from '../payment/customer-source.ts'
import { cardFields, makeCardMethod } from '../payment/payment-method.ts'
import { spendToken } from '../payment/source.ts'
import { authorizeSource } from '../payment/source-redirect.ts'
import { pageOf } from '../protocol/small-list.ts'

/** Seconds until a redirect that nobody follows is taken as authorised. */
const authorizedAfter = 5

/** Ways to pay before payment methods, and what customers have of them: docs.stripe.com/sources. */
export const sources = defineResource({
  object: 'source',
  indexes: ['customer'],
  events: { create: false },

  create(ctx) {
    const { id, params } = ctx
    if (!params.type) throw stripeError(400, 'parameter_missing', 'Missing required param: type.', 'type')
    const shared = {
      client_secret: `src_client_secret_${ctx.newSecret(24)}`,
      metadata: (params.metadata as Record<string, string> | null | undefined) ?? {},
      owner: {
        address: null,
        email: null,
        name: null,
        phone: null,
        verified_address: null,
        verified_email: null,
        verified_name: null,
        verified_phone: null,
        ...(params.owner as object),
      },
    }
    if (params.type === 'card') {
      if (!params.token) throw stripeError(400, 'parameter_missing', 'Missing required param: token.', 'token')
      const read = spendToken(ctx, params.token, 'token')
      makeCardMethod(ctx, read, { id })
      const { brand, country, exp_month, exp_year, fingerprint, funding, last4 } = cardFields(read)
      const source = ctx.save({
        ...shared,
        card: {
          brand: String(brand),
          country: country ?? null,
          exp_month,
          exp_year,
          fingerprint: fingerprint ?? undefined,
          funding: funding ?? 'credit',
          last4: last4 ?? null,
        },
        flow: 'none',
        status: 'chargeable',
        usage: params.usage ?? 'reusable',
      })
      ctx.emit('source.chargeable', source)
      return source
    }
    ctx.schedule('source', 'authorize', id, ctx.now + authorizedAfter)
    const return_url = (params.redirect as { return_url?: string } | undefined)?.return_url
    return {
      ...shared,
      flow: params.flow ?? (return_url ? 'redirect' : 'none'),
      status: 'pending',
      usage: params.usage ?? 'single_use',
      ...(return_url && {
        redirect: { failure_reason: null, return_url, status: 'pending', url: ctx.url(`/sources/${id}`) },
      }),
    }
  },

  jobs: {
    authorize(ctx) {
      authorizeSource(ctx, ctx.object)
    },
  },

  operations: {
    'GET /v1/customers/{id}/sources'(ctx) {
      const { id } = ctx.tables.customer.need(ctx.path.id)
      const { object } = ctx.params as { object?: string }
      const items = sourcesOf(ctx, id).filter((each) => !object || each.object === object)
      return pageOf(items, ctx.params, `/v1/customers/${id}/sources`)
    },

    'POST /v1/customers/{id}/sources': (ctx) =>
      addSource(ctx, ctx.tables.customer.need(ctx.path.id), (ctx.params as { source?: string }).source),

    'GET /v1/customers/{customerId}/sources/{id}': (ctx) => needSource(ctx, ctx.path.customerId, ctx.path.id),

    'POST /v1/customers/{customerId}/sources/{id}'(ctx) {
      const before = needSource(ctx, ctx.path.customerId, ctx.path.id)
      const { metadata, ...fields } = ctx.params as { metadata?: Record<string, string> }
      const after = ctx.tables[before.object as 'card'].patch(before.id, {
        ...fields,
        metadata: metadata && { ...before.metadata, ...metadata },
      })
      ctx.emit('customer.source.updated', after)
      return after
    },

    'DELETE /v1/customers/{customerId}/sources/{id}': (ctx) =>
      removeSource(ctx, String(ctx.path.customerId), needSource(ctx, ctx.path.customerId, ctx.path.id)),

    'POST /v1/customers/{customerId}/sources/{id}/verify'(ctx) {
      const bank = needSource(ctx, ctx.path.customerId, ctx.path.id)
      if (bank.object !== 'bank_account') throw stripeError(400, undefined, 'Only bank accounts can be verified.')
      return verifyBankSource(ctx, bank, (ctx.params as { amounts?: number[] }).amounts)
    },
  },
})
