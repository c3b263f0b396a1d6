import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import { authorizeSource, refuseSource } from '../payment/source-redirect.ts'
import { html } from './html.ts'
import { cardPage, merchant, seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'

/** The bank's page of a source with a redirect: the person allows the payment or not. */
export function showSource(ctx: Context, id: string): HttpAnswer {
  const { amount, currency, redirect, status } = ctx.tables.source.need(id)
  if (status !== 'pending' || !redirect)
    return renderNotice({
      title: 'There is nothing to authorise',
      text: 'This was answered already. Go back to the shop.',
      symbol: '!',
    })
  return cardPage({
    title: 'Authorise a payment – Sandbox Bank',
    heading: 'Sandbox Bank',
    body: html`<h1>Authorise this payment?</h1>
      <p>${merchant} asks for ${amount && currency ? html`<strong>${formatMoney(amount, currency)}</strong>` : 'a payment'}.</p>
      <form method="post" action="/sources/${id}">
        <button type="submit" name="outcome" value="authorize">Authorise test payment</button>
        <button type="submit" name="outcome" value="fail" class="quiet">Fail test payment</button>
      </form>`,
  })
}

/** Takes the choice and goes back to the shop, with what Stripe adds to its address. */
export function answerSource(ctx: Context, id: string, form: URLSearchParams): HttpAnswer {
  const source = ctx.tables.source.need(id)
  if (source.status !== 'pending' || !source.redirect) return showSource(ctx, id)
  const isAllowed = form.get('outcome') === 'authorize'
  const { client_secret } = isAllowed ? authorizeSource(ctx, source) : refuseSource(ctx, source)
  const back = new URL(source.redirect.return_url)
  back.searchParams.set('client_secret', client_secret ?? '')
  back.searchParams.set('livemode', 'false')
  back.searchParams.set('redirect_status', isAllowed ? 'succeeded' : 'failed')
  back.searchParams.set('source', id)
  return seeOther(back.href)
}
