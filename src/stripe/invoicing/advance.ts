import type { Context } from '../define.ts'
import { collectInvoice } from './collect.ts'
import { type Invoice, subscriptionOf } from './draft.ts'
import { finalizeInvoice } from './finalize.ts'
import { markUncollectible, voidInvoice } from './void.ts'

/** What the clock does with a draft after its hour: finalize, then collect; or what its paused subscription wants. */
export function advanceInvoice(ctx: Context, invoice: Invoice): Invoice {
  if (invoice.status !== 'draft' || !invoice.auto_advance) return invoice
  const pause = ctx.tables.subscription.get(subscriptionOf(invoice) ?? '')?.pause_collection?.behavior
  if (pause === 'keep_as_draft') return ctx.tables.invoice.patch(invoice.id, { auto_advance: false })
  const finalized = finalizeInvoice(ctx, invoice)
  if (finalized.status !== 'open') return finalized
  if (pause === 'void') return voidInvoice(ctx, finalized)
  if (pause === 'mark_uncollectible') return markUncollectible(ctx, finalized)
  return collectFinal(ctx, finalized)
}

/** Charges a final invoice, or sends it and waits for its due date. */
export function collectFinal(ctx: Context, invoice: Invoice, offSession = true): Invoice {
  if (invoice.collection_method === 'send_invoice') return sendInvoice(ctx, invoice)
  return collectInvoice(ctx, invoice, { offSession, isScheduled: true }).invoice
}

/** Emits `invoice.sent`; when the due date passes unpaid, the subscription is late. */
export function sendInvoice(ctx: Context, invoice: Invoice): Invoice {
  ctx.emit('invoice.sent', invoice)
  if (invoice.due_date !== null && invoice.due_date > ctx.now)
    ctx.schedule('invoice', 'overdue', invoice.id, invoice.due_date, invoice.test_clock)
  return invoice
}
