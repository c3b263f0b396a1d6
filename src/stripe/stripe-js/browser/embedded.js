/* global sandboxOrigin */
import { integrationError } from './api.js'
import { style } from './challenge.js'
import { leave } from './confirm.js'

/** Checkout inside the shop's page: `stripe.initEmbeddedCheckout({ fetchClientSecret, onComplete })`. */
export async function initEmbeddedCheckout(api, { clientSecret, fetchClientSecret, onComplete }) {
  const secret = clientSecret ?? (await fetchClientSecret?.())
  const [, id] = /^(cs_\w+?)_secret_/.exec(secret ?? '') ?? []
  if (!id)
    throw integrationError(
      'initEmbeddedCheckout() needs the client secret of a Checkout Session with an embedded `ui_mode`.',
    )
  const frame = document.createElement('iframe')
  frame.title = 'Secure checkout'
  frame.name = 'embedded-checkout'
  style(frame, { border: '0', display: 'block', width: '100%', height: '900px' })
  frame.addEventListener('load', async () => {
    const { value } = await api.get(`/v1/checkout/sessions/${id}`, { client_secret: secret })
    if (value?.status !== 'complete') return
    if (onComplete) onComplete()
    else if (value.return_url) leave(value.return_url.replaceAll('{CHECKOUT_SESSION_ID}', id))
  })
  return {
    mount(where) {
      const place = typeof where === 'string' ? document.querySelector(where) : where
      if (!place) throw integrationError(`Nothing on the page matches ${where}.`)
      frame.src = `${sandboxOrigin}/c/pay/${id}`
      place.append(frame)
    },
    unmount: () => frame.remove(),
    destroy: () => frame.remove(),
  }
}
