import type { HttpAnswer } from '../http.ts'
import { html } from './html.ts'
import { merchant, page, testBadge } from './layout.ts'

export interface Challenge {
  /** `pi_…` or `seti_…` */
  id: string
  clientSecret: string
  /** `$20.00`; absent when a card is only being saved. */
  amount?: string | undefined
  last4?: string | undefined
}

/** The bank's 3-D Secure page: the person decides how the challenge ends. */
export const renderChallenge = ({ amount, clientSecret, id, last4 }: Challenge): HttpAnswer =>
  page({
    title: '3-D Secure – Sandbox Bank',
    isFrameable: true,
    body: html`<body class="notice bank">
    <main class="card">
      <header><span class="shop">Sandbox Bank</span>${testBadge}</header>
      <h1>Is this you?</h1>
      <p>${merchant} asks for ${amount ? html`a payment of <strong>${amount}</strong>` : 'permission to save a card'}${last4 && html` with your card ending in <strong>${last4}</strong>`}.</p>
      <p class="muted">Your real bank would ask for a code or your fingerprint here. In the sandbox you choose what happened.</p>
      <form method="post" action="/3ds/${id}">
        <input type="hidden" name="client_secret" value="${clientSecret}">
        <button type="submit" name="outcome" value="complete">Complete authentication</button>
        <button type="submit" name="outcome" value="fail" class="quiet">Fail authentication</button>
      </form>
    </main>
  </body>`,
  })
