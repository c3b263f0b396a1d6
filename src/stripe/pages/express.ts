import { externalAccountsOf } from '../connect/account.ts'
import { spendLoginLink } from '../connect/login-link.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { balanceOf } from '../payment/balance.ts'
import { formatMoney } from '../payment/money.ts'
import { html } from './html.ts'
import { formatDate } from './invoice-lines.ts'
import { page, testBadge } from './layout.ts'
import { renderNotice } from './notice-page.ts'

const shownPayouts = 10

/** The dashboard of a connected account's holder, opened once by a login link: what they have, what was paid out, to where. */
export function showExpress(ctx: Context, id: string, token: string): HttpAnswer {
  if (!spendLoginLink(ctx, id, token))
    return renderNotice({
      title: 'This link was used already',
      text: 'A login link opens once. Ask the platform for a new one.',
      status: 410,
      symbol: '!',
    })
  const { business_profile, email, requirements } = ctx.tables.account.need(id)
  const own = ctx.on(id)
  const { available, pending } = balanceOf(own)
  const payouts = [...own.tables.payout.all()].slice(0, shownPayouts)
  const wanted = requirements?.currently_due?.length ?? 0
  return page({
    title: 'Your account – Sandbox',
    body: html`<body class="desk">
    <main>
      <header class="bar"><span class="mark" aria-hidden="true">S</span><span class="shop">${business_profile?.name ?? email ?? id}</span>${testBadge}</header>
      <section class="sheet" aria-labelledby="balance">
        <h2 id="balance">Balance</h2>
        <dl class="facts">${available.map(
          ({ amount, currency }, index) => html`
          <div><dt>Available</dt><dd><strong>${formatMoney(amount, currency)}</strong></dd></div>
          <div><dt>On its way to you</dt><dd>${formatMoney(pending[index]?.amount ?? 0, currency)}</dd></div>`,
        )}</dl>
        ${wanted > 0 && html`<p class="muted">${wanted} ${wanted === 1 ? 'detail is' : 'details are'} still wanted before everything works.</p>`}
      </section>
      <section class="sheet" aria-labelledby="payouts">
        <h2 id="payouts">Payouts</h2>
        ${payouts.length === 0 && html`<p class="muted">Nothing was paid out yet.</p>`}
        ${
          payouts.length > 0 &&
          html`<table><thead><tr><th>Date</th><th class="number">Amount</th><th>Status</th></tr></thead><tbody>${payouts.map(
            ({ amount, arrival_date, currency, status }) =>
              html`<tr><td>${formatDate(arrival_date)}</td><td class="number">${formatMoney(amount, currency)}</td><td><span class="state ${status}">${status.replaceAll('_', ' ')}</span></td></tr>`,
          )}</tbody></table>`
        }
      </section>
      <section class="sheet" aria-labelledby="accounts">
        <h2 id="accounts">Paid out to</h2>
        ${externalAccountsOf(own).map(({ currency, last4 }) => html`<p>Account ending in <strong>${last4}</strong>, ${currency?.toUpperCase()}</p>`)}
      </section>
    </main>
  </body>`,
  })
}
