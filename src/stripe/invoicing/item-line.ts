import type { Context } from '../define.ts'
import { recalculate } from './draft.ts'
import { type InvoiceItem, specOfItem } from './items.ts'
import { type Line, lineFields, linesOf, rememberRates } from './line.ts'

const lineOf = (ctx: Context, { id, invoice }: InvoiceItem): Line | undefined =>
  linesOf(ctx, invoice ?? '').find(
    ({ parent }) => (parent?.invoice_item_details ?? parent?.subscription_item_details)?.invoice_item === id,
  )

/** Makes the line of an item on a draft what the item is now, and the draft's amounts with it. */
export function syncItem(ctx: Context, item: InvoiceItem): void {
  const invoice = item.invoice!
  const known = lineOf(ctx, item)
  const spec = specOfItem(item)
  const fields = lineFields(spec, { discounts: [], taxes: [] }, invoice)
  const line = known ? ctx.tables.line_item.patch(known.id, fields) : ctx.tables.line_item.create(fields)
  rememberRates(ctx, line.id, spec.taxRates)
  recalculate(ctx, invoice)
}

export function removeItemLine(ctx: Context, item: InvoiceItem): void {
  const line = lineOf(ctx, item)
  if (line) ctx.tables.line_item.remove(line.id)
  recalculate(ctx, item.invoice!)
}
