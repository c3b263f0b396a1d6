import type { Context } from '../define.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { formatMoney } from '../payment/money.ts'
import { PdfDocument, pageSize } from '../pdf/document.ts'
import { encodeWinAnsi, widthOf } from '../pdf/metrics.ts'
import { formatDate, invoiceLines, invoiceTotals } from './invoice-lines.ts'
import { merchant } from './layout.ts'

export const left = 50
export const right = pageSize.width - 50
const bottom = pageSize.height - 70
export const soft = { gray: 0.4, size: 9 }

/** The invoice on paper: number, dates, both parties, lines, totals. As many pages as it takes. */
export function writeInvoicePdf(ctx: Context, invoice: Invoice): Uint8Array {
  const document = new PdfDocument(`Invoice ${invoice.number ?? invoice.id}`)
  let y = writeHead(document, invoice)
  y = writeTableHead(document, y)
  for (const line of invoiceLines(ctx, invoice)) {
    const wrapped = wrap(line.description, 330)
    const height = wrapped.length * 13 + (line.period ? 12 : 0) + 8
    if (y + height > bottom) y = writeTableHead(document, nextPage(document, invoice))
    document.text(430, y, line.quantity, { isRight: true })
    document.text(right, y, printable(line.amount), { isRight: true })
    for (const [index, text] of wrapped.entries()) document.text(left, y + index * 13, text)
    if (line.period) document.text(left, y + wrapped.length * 13, line.period, soft)
    y += height
  }
  document.rule(left, y - 8, right - left)
  y += 10
  for (const { amount, isDue = false, label } of invoiceTotals(ctx, invoice)) {
    if (y > bottom) y = nextPage(document, invoice)
    document.text(330, y, label, { isBold: isDue })
    document.text(right, y, printable(amount), { isBold: isDue, isRight: true })
    y += 18
  }
  if (invoice.footer)
    for (const [index, text] of wrap(invoice.footer, right - left).entries())
      document.text(left, y + 16 + index * 12, text, soft)
  return document.finish()
}

function writeHead(document: PdfDocument, invoice: Invoice): number {
  document.text(left, 70, 'Invoice', { isBold: true, size: 22 })
  document.text(right, 70, merchant, { isBold: true, isRight: true, size: 12 })
  document.text(right, 86, 'Test mode: no money moves', { ...soft, isRight: true })
  const facts = [
    ['Invoice number', invoice.number ?? invoice.id],
    ['Date of issue', formatDate(invoice.effective_at ?? invoice.created)],
    ...(invoice.due_date ? [['Date due', formatDate(invoice.due_date)]] : []),
    ['Status', invoice.status ?? ''],
  ] as const
  for (const [index, [label, value]] of facts.entries()) {
    document.text(left, 110 + index * 15, label ?? '', { isBold: true })
    document.text(150, 110 + index * 15, value ?? '')
  }
  const to = [invoice.customer_name, invoice.customer_email, ...addressOf(invoice)].filter((each) => each)
  document.text(left, 190, 'Bill to', { isBold: true })
  for (const [index, text] of to.entries()) document.text(left, 205 + index * 13, text ?? '')
  const y = 235 + to.length * 13
  document.text(left, y, heading(invoice), { isBold: true, size: 15 })
  return y + 40
}

const addressOf = ({ customer_address: address }: Invoice): string[] =>
  address
    ? [address.line1, address.line2, [address.postal_code, address.city].filter(Boolean).join(' '), address.country]
        .filter((each) => each)
        .map(String)
    : []

function heading({ amount_remaining, currency, due_date, status, status_transitions, total }: Invoice): string {
  if (status === 'paid')
    return `${printable(formatMoney(total, currency))} paid${status_transitions.paid_at ? ` on ${formatDate(status_transitions.paid_at)}` : ''}`
  if (status === 'void') return `${printable(formatMoney(total, currency))} – void`
  return `${printable(formatMoney(amount_remaining, currency))} due${due_date ? ` ${formatDate(due_date)}` : ''}`
}

export function writeTableHead(document: PdfDocument, y: number): number {
  document.text(left, y, 'Description', soft)
  document.text(430, y, 'Qty', { ...soft, isRight: true })
  document.text(right, y, 'Amount', { ...soft, isRight: true })
  document.rule(left, y + 6, right - left)
  return y + 24
}

function nextPage(document: PdfDocument, invoice: Invoice): number {
  document.addPage()
  document.text(right, 40, `${invoice.number ?? invoice.id} – page ${document.pageCount}`, { ...soft, isRight: true })
  return 70
}

/** The base fonts lack the signs of some currencies: those are written as codes. */
export const printable = (money: string): string => money.replace('₹', 'INR ').replace('₩', 'KRW ').replace('₪', 'ILS ')

/** Breaks a text into lines of at most that many points; a word that is longer is cut. */
export function wrap(text: string, width: number, size = 10): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).flatMap((each) => each.match(/.{1,50}/gsu) ?? [])) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(encodeWinAnsi(longer), size) <= width) line = longer
    else {
      if (line !== '') lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}
