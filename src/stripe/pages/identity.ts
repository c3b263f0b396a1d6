import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { finishVerification, type VerificationOutcome, verificationOutcomes } from '../identity/verification.ts'
import { html } from './html.ts'
import { cardPage } from './layout.ts'
import { renderNotice } from './notice-page.ts'

const labels: Record<VerificationOutcome, string> = {
  verified: 'Verification succeeds',
  consent_declined: 'The person declines',
  document_expired: 'The document is expired',
  document_unverified_other: 'The document cannot be verified',
  under_supported_age: 'The person is too young',
}

/** Where a person would show a document; in the sandbox they choose how it ends. */
export function showVerification(ctx: Context, id: string): HttpAnswer {
  const session = ctx.tables['identity.verification_session'].need(id)
  if (session.status !== 'requires_input') return done()
  return cardPage({
    title: 'Identity check – Sandbox',
    heading: 'Identity check',
    body: html`<h1>Show your ${session.type === 'document' ? 'document' : 'id number'}</h1>
      <p class="muted">A real check would ask for photographs here. In the sandbox you choose what comes of it.</p>
      <form method="post" action="/identity/${id}">
        ${verificationOutcomes.map((outcome, index) => html`<button type="submit" name="outcome" value="${outcome}"${index > 0 && html` class="quiet"`}>${labels[outcome]}</button>`)}
      </form>`,
  })
}

/** Takes the choice. */
export function answerVerification(ctx: Context, id: string, form: URLSearchParams): HttpAnswer {
  const outcome = verificationOutcomes.find((each) => each === form.get('outcome'))
  if (!outcome) return showVerification(ctx, id)
  finishVerification(ctx, ctx.tables['identity.verification_session'].need(id), outcome)
  return done()
}

const done = (): HttpAnswer =>
  renderNotice({ title: 'That is all', text: 'Your answer was recorded. You can close this page.', symbol: '✓' })
