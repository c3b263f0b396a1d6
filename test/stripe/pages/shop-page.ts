/** A shop's own page that includes the sandbox's Stripe.js, as people write such pages. What happened is in `#outcome`, as JSON. */
export const shopPage = (sandboxUrl: string, body: string, script: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'unsafe-inline' ${sandboxUrl}; connect-src ${sandboxUrl}; frame-src 'self' ${sandboxUrl}; img-src data:">
<link rel="icon" href="data:,">
<title>Shop</title>
<h1>The shop</h1>
<form id="form">${body}<button>Pay</button></form>
<output id="outcome"></output>
<script src="${sandboxUrl}/v3/"></script>
<script>
  const query = new URLSearchParams(location.search)
  const events = []
  const show = (outcome) => { document.getElementById('outcome').textContent = JSON.stringify(outcome) }
  const onSubmit = (work) => document.getElementById('form').addEventListener('submit', async (event) => {
    event.preventDefault()
    show(await work().catch((error) => ({ thrown: error.message })))
  })
  ${script}
</script>
</html>`

/** The Payment Element with `confirmPayment` or `confirmSetup`, as in Stripe's quickstart. */
export const paymentElementPage = (sandboxUrl: string): string =>
  shopPage(
    sandboxUrl,
    '<div id="payment-element"></div>',
    `const stripe = Stripe(query.get('key'))
    const clientSecret = query.get('secret')
    const elements = stripe.elements({ clientSecret, appearance: { theme: query.get('theme') ?? 'stripe' } })
    const paymentElement = elements.create('payment')
    for (const name of ['ready', 'change', 'focus']) paymentElement.on(name, (event) => events.push({ name, ...event }))
    paymentElement.mount('#payment-element')
    const method = clientSecret.startsWith('seti_') ? 'confirmSetup' : 'confirmPayment'
    onSubmit(() => stripe[method]({
      elements,
      confirmParams: { return_url: location.origin + '/done' },
      redirect: query.get('redirect') ?? 'if_required',
    }))`,
  )

/** The card element with the older calls. `call` is the body of an async function of `stripe`, `card` and `query`. */
export const cardElementPage = (sandboxUrl: string, call: string): string =>
  shopPage(
    sandboxUrl,
    '<div id="card-element"></div>',
    `const stripe = Stripe(query.get('key'))
    const card = stripe.elements().create('card')
    card.on('change', (event) => events.push(event))
    card.mount('#card-element')
    onSubmit(async () => { ${call} })`,
  )

/** A page of one's own: `script` is the body of the page's script, which has `stripe`, `query`, `events`, `onSubmit` and `show`. */
export const scriptPage = (sandboxUrl: string, body: string, script: string): string =>
  shopPage(sandboxUrl, body, `const stripe = Stripe(query.get('key'))\n${script}`)
