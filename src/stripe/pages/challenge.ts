import { timingSafeEqual } from 'node:crypto'
import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import type { HttpAnswer } from '../http.ts'
import { finishChallenge } from '../payment/confirm.ts'
import type { PaymentIntent } from '../payment/intent.ts'
import { formatMoney } from '../payment/money.ts'
import { finishSetupChallenge } from '../setup/confirm.ts'
import type { SetupIntent } from '../setup/intent.ts'
import { renderChallenge } from './challenge-page.ts'
import { seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'

type Intent = PaymentIntent | SetupIntent

const intentOf = (ctx: Context, id: string): Intent =>
  id.startsWith('seti_') ? ctx.tables.setup_intent.need(id) : ctx.tables.payment_intent.need(id)

/** The 3-D Secure page of an intent that waits for its customer. */
export function showChallenge(ctx: Context, id: string): HttpAnswer {
  const intent = intentOf(ctx, id)
  if (intent.status !== 'requires_action') return over(intent)
  const method = ctx.tables.payment_method.get(intent.payment_method ?? '')
  return renderChallenge({
    id,
    clientSecret: intent.client_secret ?? '',
    amount: intent.object === 'payment_intent' ? formatMoney(intent.amount, intent.currency) : undefined,
    last4: method?.card?.last4,
  })
}

/** The customer's answer; goes back to the shop's `return_url` with Stripe's query parameters. */
export function answerChallenge(ctx: Context, id: string, form: URLSearchParams): HttpAnswer {
  const intent = intentOf(ctx, id)
  if (intent.status !== 'requires_action') return over(intent)
  if (!isSame(form.get('client_secret') ?? '', intent.client_secret ?? '')) return over(intent)
  const back = returnUrlOf(intent)
  const finished = finish(ctx, intent, form.get('outcome') === 'complete')
  return back ? seeOther(withOutcome(back, finished)) : over(finished)
}

/** Nobody but the browser that was shown the page may answer it. */
function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function finish(ctx: Context, intent: Intent, passed: boolean): Intent {
  try {
    return intent.object === 'setup_intent'
      ? finishSetupChallenge(ctx, intent, passed)
      : finishChallenge(ctx, intent, passed)
  } catch (error) {
    // A decline after the challenge is stored in the intent already.
    if (!(error instanceof StripeError) || error.status !== 402) throw error
    return intentOf(ctx, intent.id)
  }
}

/** `use_stripe_sdk` intents have no page to return to. */
const returnUrlOf = ({ next_action }: Intent): string | undefined =>
  next_action?.redirect_to_url?.return_url ?? undefined

function withOutcome(back: string, intent: Intent): string {
  const url = new URL(back)
  const word = intent.object
  url.searchParams.set(word, intent.id)
  url.searchParams.set(`${word}_client_secret`, intent.client_secret ?? '')
  url.searchParams.set(
    'redirect_status',
    ['succeeded', 'requires_capture'].includes(intent.status) ? 'succeeded' : 'failed',
  )
  return url.href
}

const over = ({ status }: Intent): HttpAnswer =>
  status === 'succeeded' || status === 'requires_capture'
    ? renderNotice({
        title: 'Authentication complete',
        text: 'You can close this window and go back to the shop.',
        symbol: '✓',
        isFrameable: true,
      })
    : renderNotice({
        title: 'There is nothing to authenticate',
        text: 'This request was answered already, or it failed. Go back to the shop to try again.',
        symbol: '!',
        isFrameable: true,
      })
