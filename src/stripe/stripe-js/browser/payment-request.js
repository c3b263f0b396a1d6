import { integrationError } from './api.js'
import { createListeners } from './listeners.js'
import { holder, openWallet, walletCard } from './wallet.js'

const lineOf = ({ amount, label }) => ({ amount, label })

/** `stripe.paymentRequest(options)`: a wallet that is always ready, and pays with a test card. */
export function createPaymentRequest(api, options) {
  if (!options?.country || !options.currency || !options.total)
    throw integrationError('stripe.paymentRequest(): `country`, `currency` and `total` are needed.')
  let current = options
  let isShowing = false
  const listeners = createListeners(() => request)
  const disabled = () => current.disableWallets?.includes('googlePay')

  /** Asks the page what a choice of the customer means; it answers with `updateWith`. */
  const ask = (name, detail) =>
    listeners.hears(name)
      ? new Promise((resolve) => listeners.emit(name, { ...detail, updateWith: resolve }))
      : Promise.resolve({ status: 'success' })

  const request = {
    canMakePayment: async () => (disabled() ? null : { applePay: false, googlePay: true, link: false }),
    isShowing: () => isShowing,
    show: () => void pay(),
    abort() {},
    update(changes) {
      current = { ...current, ...changes }
    },
    ...listeners.methods,
  }

  const take = ({ displayItems, shippingOptions, total }) => {
    current = {
      ...current,
      ...(total && { total }),
      ...(displayItems && { displayItems }),
      ...(shippingOptions && { shippingOptions }),
    }
  }

  async function pay() {
    isShowing = true
    const { address, email, name, phone } = holder
    const shippingAddress = {
      addressLine: [address.line1],
      city: address.city,
      country: address.country,
      postalCode: address.postal_code,
      recipient: name,
      region: address.state,
      phone,
    }
    if (current.requestShipping) take(await ask('shippingaddresschange', { shippingAddress }))
    const options = () => current.shippingOptions ?? []
    const chosen = await openWallet({
      amount: current.total.amount,
      currency: current.currency,
      lines: current.displayItems?.map(lineOf),
      rates: current.requestShipping ? options() : [],
      showsAddress: current.requestShipping,
      async onRate({ id }) {
        const shippingOption = options().find((each) => each.id === id)
        take(await ask('shippingoptionchange', { shippingOption }))
        return { amount: current.total.amount, lines: current.displayItems?.map(lineOf) }
      },
    })
    isShowing = false
    if (!chosen.isPaid) return listeners.emit('cancel')
    const shared = {
      ...(current.requestPayerName && { payerName: name }),
      ...(current.requestPayerEmail && { payerEmail: email }),
      ...(current.requestPayerPhone && { payerPhone: phone }),
      ...(current.requestShipping && {
        shippingAddress,
        shippingOption: options().find(({ id }) => id === chosen.rate?.id),
      }),
      walletName: 'googlePay',
      methodName: 'https://google.com/pay',
      complete() {},
    }
    if (listeners.hears('paymentmethod')) {
      const made = await api.post('/v1/payment_methods', {
        type: 'card',
        card: walletCard,
        billing_details: { name, address, ...(current.requestPayerEmail && { email }) },
      })
      listeners.emit('paymentmethod', { ...shared, paymentMethod: made.value })
    }
    if (listeners.hears('token')) {
      const card = { number: '4242424242424242', exp_month: 12, exp_year: new Date().getFullYear() + 4, name }
      listeners.emit('token', { ...shared, token: (await api.post('/v1/tokens', { card })).value })
    }
  }
  return request
}
