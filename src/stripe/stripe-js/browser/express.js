import { findTarget, integrationError } from './api.js'
import { createListeners } from './listeners.js'
import { createWalletButton, holder, openWallet, walletCard } from './wallet.js'

/** What a frame with one button has of an element. */
function buttonElement(elementType, { height, onClick, onReady, title }) {
  const listeners = createListeners(() => element)
  let frame
  const element = {
    mount(where) {
      const target = findTarget(where)
      const tell = (what) => {
        if (what === 'click') return onClick()
        listeners.emit(what, { elementType, ...(what === 'ready' && onReady?.()) })
      }
      frame = createWalletButton({ height, tell, title })
      target.replaceChildren(frame)
      return element
    },
    unmount: () => frame?.remove(),
    destroy() {
      frame?.remove()
      listeners.clear()
    },
    update: () => element,
    focus: () => frame?.contentDocument?.querySelector('button')?.focus(),
    blur: () => frame?.contentDocument?.activeElement?.blur(),
    ...listeners.methods,
  }
  return { element, listeners }
}

/** Waits for what a page answers with `resolve` or `reject`; at once where it does not listen. */
const ask = (listeners, name, detail) =>
  listeners.hears(name)
    ? new Promise((resolve) =>
        listeners.emit(name, {
          ...detail,
          resolve: (given = {}) => resolve(given),
          reject: () => resolve({ isRejected: true }),
        }),
      )
    : Promise.resolve({})

const linesOf = (items) => items?.map(({ amount, name }) => ({ amount, label: name }))
const rateOf = ({ amount, displayName, id }) => ({ id, amount, label: displayName })

/** `elements.create('expressCheckout')`: one button, of a test wallet. `pay` takes what the customer chose. */
export function createExpressCheckout({ buttonHeight }, { due, pay }) {
  const elementType = 'expressCheckout'
  const expressPaymentType = 'google_pay'
  const { element, listeners } = buttonElement(elementType, {
    height: buttonHeight,
    onClick: () => click(),
    onReady: () => ({ availablePaymentMethods: { applePay: false, googlePay: true, link: false } }),
    title: 'Secure express checkout frame',
  })

  async function click() {
    const wishes = await ask(listeners, 'click', { elementType, expressPaymentType })
    if (wishes.isRejected) return
    const { address, name } = holder
    const place = {
      city: address.city,
      country: address.country,
      postal_code: address.postal_code,
      state: address.state,
    }
    const moved = wishes.shippingAddressRequired
      ? await ask(listeners, 'shippingaddresschange', { name, address: place })
      : {}
    if (moved.isRejected) return listeners.emit('cancel', { elementType })
    const rates = moved.shippingRates ?? wishes.shippingRates ?? []
    const chosen = await openWallet({
      ...(await due()),
      lines: linesOf(moved.lineItems ?? wishes.lineItems),
      rates: rates.map(rateOf),
      showsAddress: wishes.shippingAddressRequired,
      async onRate({ id }) {
        const shippingRate = rates.find((each) => each.id === id)
        const { lineItems } = await ask(listeners, 'shippingratechange', { shippingRate })
        return { lines: linesOf(lineItems), amount: (await due()).amount }
      },
    })
    if (!chosen.isPaid) return listeners.emit('cancel', { elementType })
    const billingDetails = {
      name,
      address,
      ...(wishes.emailRequired && { email: holder.email }),
      ...(wishes.phoneNumberRequired && { phone: holder.phone }),
    }
    const shippingAddress = wishes.shippingAddressRequired ? { name, address } : undefined
    pay({ data: { card: walletCard, billing_details: billingDetails }, shipping: shippingAddress })
    listeners.emit('confirm', {
      elementType,
      expressPaymentType,
      billingDetails,
      shippingAddress,
      shippingRate: rates.find(({ id }) => id === chosen.rate?.id),
      paymentFailed() {},
    })
  }
  return element
}

/** `elements.create('paymentRequestButton', { paymentRequest })` */
export function createRequestButton({ paymentRequest, style: { paymentRequestButton = {} } = {} }) {
  if (!paymentRequest) throw integrationError('A paymentRequestButton needs `paymentRequest`.')
  const { element, listeners } = buttonElement('paymentRequestButton', {
    height: Number.parseInt(paymentRequestButton.height ?? '44', 10),
    onClick() {
      let isStopped = false
      const preventDefault = () => {
        isStopped = true
      }
      listeners.emit('click', { preventDefault })
      if (!isStopped) paymentRequest.show()
    },
    title: 'Secure payment button frame',
  })
  return element
}
