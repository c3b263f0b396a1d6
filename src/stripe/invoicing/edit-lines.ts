import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { previousAttributes } from '../protocol/diff.ts'
import { type DiscountInput, makeDiscounts } from './discount.ts'
import { type Invoice, recalculate } from './draft.ts'
import { type AmountInput, readAmounts } from './item-fields.ts'
import { removeItemLine, syncItem } from './item-line.ts'
import { markPending, unmarkPending } from './items.ts'
import { linesOf, rememberRates } from './line.ts'
import { taxRates } from './tax.ts'

export interface LineInput extends AmountInput {
  discountable?: boolean | undefined
  discounts?: readonly DiscountInput[] | null | undefined
  id?: string | undefined
  invoice_item?: string | undefined
  metadata?: Record<string, string> | null | undefined
  period?: { start: number; end: number } | undefined
  tax_rates?: readonly string[] | null | undefined
}

export function needDraft(invoice: Invoice): void {
  if (invoice.status === 'draft') return
  throw stripeError(
    400,
    'invoice_not_editable',
    `This invoice is no longer a draft: its status is \`${invoice.status}\`. Only draft invoices can be edited.`,
  )
}

/** Puts lines on a draft: waiting invoice items, or new ones. */
export function addLines(ctx: Context, invoice: Invoice, inputs: readonly LineInput[]): Invoice {
  needDraft(invoice)
  for (const [index, input] of inputs.entries()) addLine(ctx, invoice, input, `lines[${index}]`)
  return announce(ctx, invoice, ctx.tables.invoice.need(invoice.id))
}

function addLine(ctx: Context, invoice: Invoice, input: LineInput, param: string): void {
  if (input.invoice_item) {
    const waiting = ctx.tables.invoiceitem.need(input.invoice_item, `${param}[invoice_item]`)
    unmarkPending(ctx, waiting)
    syncItem(ctx, ctx.tables.invoiceitem.patch(waiting.id, { invoice: invoice.id }))
    return
  }
  const amounts = readAmounts(ctx, input, invoice.currency)
  if (!amounts)
    throw stripeError(400, 'parameter_missing', `Missing required param: ${param}[amount].`, `${param}[amount]`)
  const id = ctx.newId('invoiceitem')
  const item = ctx.tables.invoiceitem.create({
    ...amounts,
    id,
    customer: invoice.customer ?? '',
    date: ctx.now,
    discountable: input.discountable ?? (amounts.amount ?? 0) >= 0,
    discounts: makeDiscounts(
      ctx,
      input.discounts,
      { customer: invoice.customer, invoice_item: id },
      `${param}[discounts]`,
    ),
    invoice: invoice.id,
    metadata: input.metadata ?? {},
    period: input.period ?? { start: ctx.now, end: ctx.now },
    proration: false,
    tax_rates: taxRates(ctx, input.tax_rates, `${param}[tax_rates]`),
    test_clock: invoice.test_clock,
  })
  ctx.emit('invoiceitem.created', item)
  syncItem(ctx, item)
}

/** Changes lines of a draft in place. */
export function updateLines(ctx: Context, invoice: Invoice, inputs: readonly LineInput[]): Invoice {
  needDraft(invoice)
  for (const [index, input] of inputs.entries()) updateLine(ctx, invoice, input, `lines[${index}]`)
  return announce(ctx, invoice, recalculate(ctx, invoice.id))
}

function updateLine(ctx: Context, invoice: Invoice, input: LineInput, param: string): void {
  const line = ctx.tables.line_item.need(input.id, `${param}[id]`)
  const { description, ...amounts } = readAmounts(ctx, input, invoice.currency) ?? {}
  ctx.tables.line_item.patch(line.id, {
    ...amounts,
    description: input.description === undefined ? (description ?? line.description) : input.description,
    ...(input.discountable !== undefined && { discountable: input.discountable }),
    ...(input.discounts !== undefined && {
      discounts: makeDiscounts(
        ctx,
        input.discounts,
        { customer: invoice.customer, invoice: invoice.id },
        `${param}[discounts]`,
      ),
    }),
    ...(input.metadata && { metadata: { ...line.metadata, ...input.metadata } }),
    ...(input.period && { period: input.period }),
  })
  if (input.tax_rates !== undefined)
    rememberRates(
      ctx,
      line.id,
      taxRates(ctx, input.tax_rates, `${param}[tax_rates]`).map(({ id }) => id),
    )
}

/** Takes lines off a draft: `delete` for good, `unassign` back among what waits for an invoice. */
export function removeLines(
  ctx: Context,
  invoice: Invoice,
  inputs: readonly { id: string; behavior: string }[],
): Invoice {
  needDraft(invoice)
  for (const { id, behavior } of inputs) {
    const line = linesOf(ctx, invoice.id).find((each) => each.id === id)
    if (!line) throw stripeError(400, 'resource_missing', `No such invoice line item: '${id}'`, 'lines')
    const itemId = (line.parent?.invoice_item_details ?? line.parent?.subscription_item_details)?.invoice_item
    const item = ctx.tables.invoiceitem.get(itemId ?? '')
    if (item) removeItemLine(ctx, item)
    else ctx.tables.line_item.remove(id)
    if (item && behavior === 'unassign') markPending(ctx, ctx.tables.invoiceitem.patch(item.id, { invoice: null }))
    if (item && behavior !== 'unassign') ctx.tables.invoiceitem.remove(item.id)
  }
  return announce(ctx, invoice, recalculate(ctx, invoice.id))
}

function announce(ctx: Context, before: Invoice, after: Invoice): Invoice {
  const previous = previousAttributes(before, after)
  if (previous) ctx.emit('invoice.updated', after, previous)
  return after
}
