import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import { PdfDocument, pageSize } from '../pdf/document.ts'
import { formatDate } from './invoice-lines.ts'
import { left, printable, right, soft, wrap, writeTableHead } from './invoice-pdf.ts'
import { merchant, pdfAnswer } from './layout.ts'

const bottom = pageSize.height - 70

/** A credit note on paper. */
export function showCreditNotePdf(ctx: Context, id: string): HttpAnswer {
  const note = ctx.tables.credit_note.need(id)
  const invoice = ctx.tables.invoice.get(String(note.invoice))
  const document = new PdfDocument(`Credit note ${note.number}`)
  document.text(left, 70, 'Credit note', { isBold: true, size: 22 })
  document.text(right, 70, merchant, { isBold: true, isRight: true, size: 12 })
  document.text(right, 86, 'Test mode: no money moves', { ...soft, isRight: true })
  const facts = [
    ['Credit note number', note.number],
    ['Date of issue', formatDate(note.effective_at ?? note.created)],
    ['Invoice number', invoice?.number ?? ''],
    ['Status', note.status],
    ['Bill to', [invoice?.customer_name, invoice?.customer_email].filter(Boolean).join(', ')],
  ] as const
  for (const [index, [label, value]] of facts.entries()) {
    document.text(left, 110 + index * 15, label, { isBold: true })
    document.text(170, 110 + index * 15, value)
  }
  const money = (amount: number): string => printable(formatMoney(amount, note.currency))
  let y = writeTableHead(document, 210)
  const line = (height: number): void => {
    y += height
    if (y <= bottom) return
    document.addPage()
    y = writeTableHead(document, 70)
  }
  for (const { amount, description, quantity } of note.lines.data) {
    document.text(430, y, quantity === null ? '' : String(quantity), { isRight: true })
    document.text(right, y, money(amount), { isRight: true })
    for (const text of wrap(description ?? 'Credit', 330)) {
      document.text(left, y, text)
      line(13)
    }
    line(8)
  }
  document.rule(left, y - 8, right - left)
  for (const [label, amount] of [
    ['Subtotal', note.subtotal],
    ['Tax', note.total - note.subtotal],
    ['Total credited', note.total],
  ] as const) {
    line(18)
    document.text(330, y, label, { isBold: label === 'Total credited' })
    document.text(right, y, money(amount), { isBold: label === 'Total credited', isRight: true })
  }
  if (note.memo)
    for (const text of wrap(note.memo, right - left)) {
      line(18)
      document.text(left, y, text, soft)
    }
  return pdfAnswer(`Credit-note-${note.number}`, document.finish())
}
