import type { HttpAnswer } from '../stripe/http.ts'
import { escapeHtml } from '../stripe/pages/html.ts'
import { notFound } from './error.ts'
import type { Resource, Resources } from './resources.ts'

interface Visit {
  method: string
  query: URLSearchParams
  resources: Resources
  approved(order: Resource): void
}

/** `GET /checkoutnow?token=…`, where a buyer approves an order, and the `POST` of its buttons. */
export function visitApproval({ method, query, resources, approved }: Visit): HttpAnswer {
  const id = query.get('token') ?? ''
  const order = resources.get('order', id)
  if (!order) throw notFound(id)
  if (method !== 'POST') return page(order)
  const isCancelled = query.get('cancel') !== null
  if (!isCancelled && order.status === 'CREATED') {
    resources.patch('order', id, { status: 'APPROVED', payer: payerOf() })
    approved(resources.get('order', id) ?? order)
  }
  const back = backTo(order, isCancelled)
  if (!back) return html(200, `<p>The order is ${isCancelled ? 'cancelled' : 'approved'}.</p>`)
  back.searchParams.set('token', id)
  if (!isCancelled) back.searchParams.set('PayerID', payerOf().payer_id)
  return { status: 303, headers: { location: back.href }, body: '' }
}

const payerOf = () => ({ payer_id: 'SANDBOXPAYER1', email_address: 'buyer@example.com' })

/** Where the shop wants its buyers back, in the two places where an order may say so. */
function backTo(order: Resource, isCancelled: boolean): URL | undefined {
  const { application_context: old, payment_source: source } = order as {
    application_context?: Record<string, unknown>
    payment_source?: { paypal?: { experience_context?: Record<string, unknown> } }
  }
  const context = source?.paypal?.experience_context ?? old ?? {}
  const address = isCancelled ? context.cancel_url : context.return_url
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return /^https?:$/.test(url.protocol) ? url : undefined
}

function page({ id, status, purchase_units: units }: Resource): HttpAnswer {
  const amounts = (units as { amount?: { value?: unknown; currency_code?: unknown } }[]).map(
    ({ amount }) => `<li>${escapeHtml(`${amount?.value} ${amount?.currency_code}`)}</li>`,
  )
  const at = `/checkoutnow?token=${encodeURIComponent(id)}`
  const buttons =
    status === 'CREATED'
      ? `<form method="post" action="${escapeHtml(at)}"><button>Pay</button></form>
<form method="post" action="${escapeHtml(`${at}&cancel=1`)}"><button>Cancel</button></form>`
      : `<p>This order is ${escapeHtml(String(status).toLowerCase())}.</p>`
  return html(200, `<h1>PayPal sandbox</h1><ul>${amounts.join('')}</ul>${buttons}`)
}

const html = (status: number, body: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY' },
  body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>PayPal sandbox</title><body>${body}</body></html>`,
})
