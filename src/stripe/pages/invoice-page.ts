import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { formatMoney } from '../payment/money.ts'
import { cardFields, cardHint, type Refusal, type Typed } from './card-form.ts'
import { type Html, html } from './html.ts'
import { alert } from './input.ts'
import { formatDate, invoiceLines, invoiceTotals } from './invoice-lines.ts'
import { merchant, page, testBadge } from './layout.ts'

/** The hosted page of a final invoice: what it is for, what came of it, and a card form while it can be paid. */
export function renderInvoice(
  ctx: Context,
  invoice: Invoice,
  { refusal, typed = {} }: { typed?: Typed; refusal?: Refusal },
): HttpAnswer {
  const title = `Invoice ${invoice.number ?? ''} – ${merchant}`
  const canPay = (invoice.status === 'open' || invoice.status === 'uncollectible') && invoice.amount_remaining > 0
  return page({
    title: refusal ? `Error: ${refusal.message} – ${title}` : title,
    status: refusal ? 402 : 200,
    body: html`<body class="desk">
    <main class="${canPay && 'split'}">
      <header class="bar"><span class="mark" aria-hidden="true">S</span><span class="shop">${merchant}</span>${testBadge}</header>
      <section class="sheet" aria-labelledby="invoice-title">
        ${head(invoice)}
        ${facts(invoice)}
        ${lines(ctx, invoice)}
        <p class="links"><a href="${invoice.invoice_pdf}">Download invoice (PDF)</a>${receipt(ctx, invoice)}</p>
      </section>
      ${canPay && payment(invoice, typed, refusal)}
    </main>
  </body>`,
  })
}

function head(invoice: Invoice): Html {
  const { amount_remaining, currency, status, total } = invoice
  const isOwed = status === 'open' || status === 'uncollectible'
  return html`<div class="head">
          <h1 id="invoice-title">${formatMoney(isOwed ? amount_remaining : total, currency)}</h1>
          <span class="state ${status}">${states[status ?? ''] ?? status}</span>
        </div>
        <p class="muted">${sentence(invoice)}</p>`
}

const states: Record<string, string> = { open: 'Open', paid: 'Paid', void: 'Void', uncollectible: 'Uncollectible' }

function sentence({ due_date, status, status_transitions: { paid_at, voided_at } }: Invoice): string {
  if (status === 'paid') return `Paid${paid_at ? ` on ${formatDate(paid_at)}` : ''}. There is nothing more to do.`
  if (status === 'void') return `Voided${voided_at ? ` on ${formatDate(voided_at)}` : ''}. It does not have to be paid.`
  if (status === 'uncollectible') return 'The shop no longer expects this to be paid. It can still be paid here.'
  return due_date ? `Due ${formatDate(due_date)}.` : 'Due now.'
}

const facts = (invoice: Invoice): Html => html`<dl class="facts">
          <div><dt>Invoice number</dt><dd>${invoice.number}</dd></div>
          <div><dt>Issued</dt><dd>${formatDate(invoice.effective_at ?? invoice.created)}</dd></div>
          <div><dt>From</dt><dd>${merchant}</dd></div>
          <div><dt>To</dt><dd>${invoice.customer_name ?? invoice.customer_email ?? invoice.customer}${invoice.customer_name && invoice.customer_email && html`<br>${invoice.customer_email}`}</dd></div>
        </dl>
        ${invoice.description && html`<p class="memo">${invoice.description}</p>`}`

const lines = (ctx: Context, invoice: Invoice): Html => html`<table>
          <thead><tr><th scope="col">Description</th><th scope="col" class="number">Qty</th><th scope="col" class="number">Amount</th></tr></thead>
          <tbody>${invoiceLines(ctx, invoice).map(
            ({ amount, description, period, quantity }) => html`
            <tr><td>${description}${period && html`<small>${period}</small>`}</td><td class="number">${quantity}</td><td class="number">${amount}</td></tr>`,
          )}
          </tbody>
          <tfoot>${invoiceTotals(ctx, invoice).map(
            ({ amount, isDue, label }) => html`
            <tr class="${isDue && 'due'}"><th scope="row" colspan="2">${label}</th><td class="number">${amount}</td></tr>`,
          )}
          </tfoot>
        </table>
        ${invoice.footer && html`<p class="muted">${invoice.footer}</p>`}`

function receipt(ctx: Context, invoice: Invoice): Html | false {
  const paid = ctx.tables.invoice_payment.by('invoice', invoice.id).find(({ status }) => status === 'paid')
  const intent = ctx.tables.payment_intent.get(paid?.payment.payment_intent ?? '')
  return intent?.latest_charge ? html` <a href="/receipts/${intent.latest_charge}">View receipt</a>` : false
}

const payment = (
  invoice: Invoice,
  typed: Typed,
  refusal: Refusal | undefined,
): Html => html`<section class="sheet" aria-labelledby="pay-title">
        <h2 id="pay-title">Pay with card</h2>
        ${alert('The payment did not go through.', refusal)}
        <form method="post" action="/i/${invoice.id}" novalidate>
          ${cardFields(typed, refusal)}
          <button type="submit">Pay ${formatMoney(invoice.amount_remaining, invoice.currency)}</button>
        </form>
        ${cardHint}
      </section>`
