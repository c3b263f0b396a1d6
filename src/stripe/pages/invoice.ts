import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { intentOf } from '../invoicing/finalize.ts'
import { onClock } from '../invoicing/time.ts'
import { confirmIntent } from '../payment/confirm.ts'
import { isRefusal, type Refusal, readCardForm, refusable, type Typed, typedOf } from './card-form.ts'
import { renderInvoice } from './invoice-page.ts'
import { writeInvoicePdf } from './invoice-pdf.ts'
import { pdfAnswer, seeOther } from './layout.ts'
import { ownerOf, type PageVisit } from './visit.ts'

/** The hosted invoice and its PDF: `/i/in_1`, `/i/in_1/pdf`; undefined for other paths. */
export function answerInvoicePage({ form, isPost, path, sandbox }: PageVisit): HttpAnswer | undefined {
  const [, id, step] = /^\/i\/(in_[A-Za-z0-9]{1,60})(?:\/(pdf|return))?$/.exec(path) ?? []
  const account = id === undefined ? undefined : ownerOf(sandbox, 'invoice', id)
  if (!id || !account) return undefined
  return sandbox.within(account.id, (context) => {
    const invoice = context.tables.invoice.need(id)
    if (invoice.status === 'draft') return undefined
    const ctx = onClock(context, invoice.test_clock)
    if (step === 'pdf') return pdf(ctx, invoice)
    if (step === 'return') return afterChallenge(ctx, invoice)
    return isPost ? pay(ctx, invoice, form) : renderInvoice(ctx, invoice, {})
  })
}

const isPayable = ({ amount_remaining, status }: Invoice): boolean =>
  (status === 'open' || status === 'uncollectible') && amount_remaining > 0

/** Pays through the invoice's own payment intent, as a page with its client secret does. */
function pay(ctx: Context, invoice: Invoice, form: URLSearchParams): HttpAnswer {
  const intent = intentOf(ctx, invoice)
  if (!isPayable(invoice) || !intent) return renderInvoice(ctx, invoice, {})
  const method = readCardForm(ctx, form, invoice.customer_email)
  if (isRefusal(method)) return refuse(ctx, invoice, typedOf(form), method)
  const order = { payment_method: method.id, return_url: ctx.url(`/i/${invoice.id}/return`) }
  const result = refusable(() => confirmIntent(ctx, intent, order))
  if (isRefusal(result)) return refuse(ctx, invoice, typedOf(form), result)
  return seeOther(result.next_action?.redirect_to_url?.url ?? ctx.url(`/i/${invoice.id}`))
}

function afterChallenge(ctx: Context, invoice: Invoice): HttpAnswer {
  const intent = intentOf(ctx, invoice)
  if (intent?.status !== 'requires_payment_method') return seeOther(ctx.url(`/i/${invoice.id}`))
  const isAuthentication = intent.last_payment_error?.code?.endsWith('authentication_failure')
  const message = isAuthentication
    ? 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
    : (intent.last_payment_error?.message ?? 'Please try again.')
  return refuse(ctx, invoice, {}, { message })
}

const refuse = (ctx: Context, { id }: Invoice, typed: Typed, refusal: Refusal): HttpAnswer =>
  renderInvoice(ctx, ctx.tables.invoice.need(id), { typed, refusal })

const pdf = (ctx: Context, invoice: Invoice): HttpAnswer =>
  pdfAnswer(`Invoice-${invoice.number ?? invoice.id}`, writeInvoicePdf(ctx, invoice))
