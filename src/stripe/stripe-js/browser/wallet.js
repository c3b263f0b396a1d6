import { style } from './challenge.js'

/** The person whose wallet the sandbox has. */
export const holder = {
  name: 'Jenny Rosen',
  email: 'jenny.rosen@example.com',
  phone: '+15555550123',
  address: {
    line1: '510 Townsend St',
    line2: null,
    city: 'San Francisco',
    state: 'CA',
    postal_code: '94103',
    country: 'US',
  },
}

/** The card in it: what Stripe's test mode makes of any card in a real wallet. */
export const walletCard = { token: 'tok_visa_google_pay' }

const format = (amount, currency) => {
  const money = new Intl.NumberFormat('en-US', { style: 'currency', currency })
  return money.format(amount / 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2))
}

/**
 * Shows the wallet over the page. `lines` are `{ label, amount }`, `rates` the ways of shipping to choose from. Resolves to
 * `{ isPaid, rate }`. `onRate` hears what is chosen and may return new lines and a new total.
 */
export function openWallet({ amount, currency, lines = [], onRate, rates = [], showsAddress }) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-label', 'Test wallet')
  style(dialog, {
    border: '0',
    padding: '24px',
    'border-radius': '14px',
    'box-sizing': 'border-box',
    width: 'min(94vw, 400px)',
    font: '16px / 1.4 system-ui, sans-serif',
    color: '#1a1f36',
    background: '#fff',
  })
  const say = (text, rules = {}) => {
    const line = document.createElement('p')
    line.textContent = text
    style(line, { margin: '0 0 8px', ...rules })
    return line
  }
  const body = document.createElement('div')
  const pay = makeButton('', { color: '#fff', background: '#1a1f36' })
  const cancel = makeButton('Cancel', { color: '#1a1f36', background: '#fff', border: '1px solid #8a92a0' })
  let rate = rates[0]

  function show(now) {
    const items = now.lines.map((line) => say(`${line.label}: ${format(line.amount, currency)}`, { color: '#5c6270' }))
    body.replaceChildren(...items)
    pay.textContent = now.amount === undefined ? 'Pay' : `Pay ${format(now.amount, currency)}`
  }
  show({ amount, lines })
  dialog.append(
    say('Test wallet', { 'font-weight': '650', 'font-size': '18px' }),
    say('Visa ending in 4242', { color: '#5c6270' }),
    ...(showsAddress ? [say(`Ship to ${holder.name}, ${holder.address.line1}, ${holder.address.city}`)] : []),
    ...(rates.length > 0 ? [ratePicker()] : []),
    body,
    pay,
    cancel,
  )

  function ratePicker() {
    const select = document.createElement('select')
    select.setAttribute('aria-label', 'Shipping')
    style(select, { width: '100%', 'min-height': '44px', margin: '0 0 12px', font: 'inherit' })
    for (const { id, label } of rates) select.append(new Option(label, id))
    select.addEventListener('change', async () => {
      rate = rates.find(({ id }) => id === select.value)
      const changed = await onRate?.(rate)
      if (changed) show({ amount: changed.amount ?? amount, lines: changed.lines ?? lines })
    })
    return select
  }

  document.body.append(dialog)
  return new Promise((resolve) => {
    const end = (isPaid) => {
      dialog.remove()
      resolve({ isPaid, rate })
    }
    pay.addEventListener('click', () => end(true))
    cancel.addEventListener('click', () => end(false))
    dialog.addEventListener('cancel', () => end(false))
    dialog.showModal()
    pay.focus()
  })
}

function makeButton(text, rules) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = text
  style(button, {
    display: 'block',
    width: '100%',
    'min-height': '44px',
    margin: '12px 0 0',
    border: '0',
    'border-radius': '6px',
    font: 'inherit',
    'font-weight': '600',
    cursor: 'pointer',
    ...rules,
  })
  return button
}

/** A wallet's button in a frame of its own, as Stripe's is; `tell` hears of ready, click, focus and blur. */
export function createWalletButton({ height = 44, tell, title }) {
  const frame = document.createElement('iframe')
  frame.title = title
  frame.name = `__privateStripeFrameWallet`
  style(frame, { border: '0', display: 'block', width: '100%', height: `${height + 8}px` })
  frame.addEventListener('load', () => {
    const inner = frame.contentDocument
    const button = makeButton('Pay with test wallet', { color: '#fff', background: '#1a1f36' })
    style(button, {
      'min-height': `${height}px`,
      margin: '4px',
      width: 'calc(100% - 8px)',
      font: '600 16px system-ui, sans-serif',
    })
    style(inner.body, { margin: '0', background: 'transparent' })
    inner.documentElement.lang = 'en'
    inner.title = title
    inner.body.append(inner.adoptNode(button))
    for (const name of ['click', 'focus', 'blur']) button.addEventListener(name, () => tell(name))
    tell('ready')
  })
  return frame
}
