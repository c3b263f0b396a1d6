import { defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { advanceInvoice, collectFinal, sendInvoice } from '../invoicing/advance.ts'
import { collectInvoice } from '../invoicing/collect.ts'
import { createManualInvoice, type InvoiceParams } from '../invoicing/create.ts'
import { subscriptionOf } from '../invoicing/draft.ts'
import { addLines, type LineInput, removeLines, updateLines } from '../invoicing/edit-lines.ts'
import { finalizeInvoice } from '../invoicing/finalize.ts'
import { markPending } from '../invoicing/items.ts'
import { attachPayment, payInvoice } from '../invoicing/pay.ts'
import { onClock } from '../invoicing/time.ts'
import { updateManualInvoice } from '../invoicing/update.ts'
import { markUncollectible, voidInvoice } from '../invoicing/void.ts'
import { invoiceIsGivenUp, invoiceIsLate } from '../subscription/after-payment.ts'
import { createPreview } from '../subscription/preview.ts'

/** draft → open → paid, void or uncollectible: docs.stripe.com/invoicing/overview; the parts are in src/stripe/invoicing. */
export const invoices = defineResource({
  object: 'invoice',
  indexes: ['customer', 'test_clock'],
  events: { create: false },
  ownFilters: ['subscription'],

  list: (invoice, { params }) => params.subscription === undefined || subscriptionOf(invoice) === params.subscription,

  create: (ctx) => createManualInvoice(ctx, ctx.params as InvoiceParams, ctx.id),

  update: (ctx) => updateManualInvoice(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params),

  remove(ctx) {
    const { object, tables } = ctx
    if (object.status !== 'draft')
      throw stripeError(400, undefined, 'You can only delete draft invoices. To cancel a finalized invoice, void it.')
    if (subscriptionOf(object))
      throw stripeError(
        400,
        undefined,
        'Draft invoices of subscriptions cannot be deleted; finalize and void them instead.',
      )
    ctx.unschedule('invoice', 'advance', object.id)
    for (const item of tables.invoiceitem.by('invoice', object.id))
      markPending(ctx, tables.invoiceitem.patch(item.id, { invoice: null }))
    for (const line of tables.line_item.by('invoice', object.id)) tables.line_item.remove(line.id)
  },

  actions: {
    add_lines: (ctx) => addLines(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params.lines as LineInput[]),
    attach_payment: (ctx) => attachPayment(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params.payment_intent),
    finalize: (ctx) => finalize(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params.auto_advance),
    mark_uncollectible(ctx) {
      const written = markUncollectible(onClock(ctx, ctx.object.test_clock), ctx.object)
      invoiceIsGivenUp(ctx, written)
      return written
    },
    pay: (ctx) => payInvoice(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params),
    remove_lines: (ctx) => removeLines(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params.lines),
    send(ctx) {
      const clocked = onClock(ctx, ctx.object.test_clock)
      if (ctx.object.collection_method !== 'send_invoice')
        throw stripeError(
          400,
          undefined,
          'You can only manually send an invoice if its collection method is `send_invoice`.',
        )
      const final = ctx.object.status === 'draft' ? finalizeInvoice(clocked, ctx.object) : ctx.object
      return sendInvoice(clocked, final)
    },
    void(ctx) {
      const clocked = onClock(ctx, ctx.object.test_clock)
      const voided = voidInvoice(clocked, ctx.object)
      invoiceIsGivenUp(clocked, voided)
      return voided
    },
  },

  operations: {
    'POST /v1/invoices/create_preview': (ctx) => createPreview(ctx, ctx.params),
    'POST /v1/invoices/{id}/update_lines': (ctx) => updateOf(ctx, ctx.path.id!, ctx.params.lines as LineInput[]),
    'POST /v1/invoices/{invoiceId}/lines/{id}'(ctx) {
      const { id, invoiceId } = ctx.path
      updateOf(ctx, invoiceId!, [{ ...(ctx.params as LineInput), id: id! }])
      return ctx.tables.line_item.need(id)
    },
  },

  jobs: {
    advance: (ctx) => void advanceInvoice(ctx, ctx.object),

    retry(ctx) {
      if (ctx.object.status !== 'open' || !ctx.object.auto_advance) return
      collectInvoice(ctx, ctx.object, { offSession: true, isScheduled: true })
    },

    overdue(ctx) {
      if (ctx.object.status !== 'open') return
      ctx.emit('invoice.overdue', ctx.object)
      invoiceIsLate(ctx, ctx.object)
    },

    voidUnpaid(ctx) {
      if (ctx.object.status === 'open' && ctx.object.attempt_count === 0) voidInvoice(ctx, ctx.object)
    },
  },
})

function updateOf(ctx: OperationContext, id: string, lines: readonly LineInput[]) {
  const invoice = ctx.tables.invoice.need(id)
  return updateLines(onClock(ctx, invoice.test_clock), invoice, lines)
}

/** With `auto_advance` a final invoice goes on to be paid or sent by itself. */
function finalize(
  ctx: Parameters<typeof finalizeInvoice>[0],
  invoice: Parameters<typeof finalizeInvoice>[1],
  autoAdvance: boolean | undefined,
) {
  const final = finalizeInvoice(ctx, invoice, autoAdvance)
  return final.status === 'open' && final.auto_advance ? collectFinal(ctx, final) : final
}
