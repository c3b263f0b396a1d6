import type { Made } from './scenarios.ts'

const usd = { currency: 'usd' } as const

const customer = async ({ stripe }: Made) => (await stripe.customers.create({ email: 'ann@example.com' })).id

/** A customer who pays with a card by default. */
async function payer(made: Made): Promise<string> {
  const id = await customer(made)
  const method = await made.stripe.paymentMethods.attach('pm_card_visa', { customer: id })
  await made.stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } })
  return id
}

const monthly = async ({ stripe }: Made) =>
  (
    await stripe.prices.create({
      ...usd,
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    })
  ).id

async function invoice(made: Made): Promise<string> {
  const owner = await payer(made)
  const { id } = await made.stripe.invoices.create({ customer: owner, auto_advance: false })
  await made.stripe.invoiceItems.create({ customer: owner, invoice: id, amount: 1000, ...usd })
  return id
}

const open = async (made: Made) => (await made.stripe.invoices.finalizeInvoice(await invoice(made))).id

const quote = async (made: Made) => {
  const line_items = [{ price: await monthly(made) }]
  return (await made.stripe.quotes.create({ customer: await payer(made), line_items })).id
}

let meters = 0

/** A meter with a name of its own, and its event's name. */
async function meter({ stripe }: Made): Promise<[id: string, event_name: string]> {
  const event_name = `tokens_${++meters}`
  const made = await stripe.billing.meters.create({
    display_name: 'Tokens',
    event_name,
    default_aggregation: { formula: 'sum' },
  })
  return [made.id, event_name]
}

/** A meter that one event was sent to, and the event's name. */
async function used(made: Made, identifier: string): Promise<string> {
  const [, event_name] = await meter(made)
  const payload = { stripe_customer_id: await customer(made), value: '1' }
  await made.stripe.billing.meterEvents.create({ event_name, identifier, payload })
  return event_name
}

const grant = async (made: Made) =>
  ({
    customer: await customer(made),
    amount: { type: 'monetary', monetary: { ...usd, value: 500 } },
    applicability_config: { scope: { price_type: 'metered' } },
  }) as const

/** Arguments for the methods about billing that want objects in a certain state. */
export const billingScenarios: Record<string, (made: Made) => Promise<unknown[]>> = {
  'billingPortal.configurations.create': async () => [
    {
      features: { customer_update: { enabled: true, allowed_updates: ['email'] }, invoice_history: { enabled: true } },
    },
  ],
  'billingPortal.sessions.create': async (made) => [{ customer: await customer(made) }],

  'billing.creditBalanceSummaries.retrieve': async (made) => {
    const { customer } = await made.stripe.billing.creditGrants.create(await grant(made))
    const filter = { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } }
    return [{ customer, filter }]
  },
  'billing.creditGrants.create': async (made) => [await grant(made)],
  'billing.meterEventAdjustments.create': async (made) => {
    const event_name = await used(made, 'adjusted')
    return [{ event_name, type: 'cancel', cancel: { identifier: 'adjusted' } }]
  },
  'billing.meterEvents.create': async (made) => {
    const [, event_name] = await meter(made)
    return [{ event_name, payload: { stripe_customer_id: await customer(made), value: '1' } }]
  },
  'billing.meters.listEventSummaries': async (made) => {
    const [id] = await meter(made)
    return [id, { customer: await customer(made), start_time: 1_767_225_600, end_time: 1_767_312_000 }]
  },
  'creditNotes.create': async (made) => [{ invoice: await open(made), amount: 400 }],
  'creditNotes.listPreviewLineItems': async (made) => [{ invoice: await open(made), amount: 400 }],
  'creditNotes.preview': async (made) => [{ invoice: await open(made), amount: 400 }],
  'creditNotes.voidCreditNote': async (made) => [
    (await made.stripe.creditNotes.create({ invoice: await open(made), amount: 400 })).id,
  ],
  'customers.deleteDiscount': async (made) => {
    const { id: coupon } = await made.stripe.coupons.create({ percent_off: 10 })
    const id = await customer(made)
    await made.stripe.rawRequest('POST', `/v1/customers/${id}`, { coupon }, { apiVersion: '2025-03-31.basil' })
    return [id]
  },
  'entitlements.activeEntitlements.list': async (made) => [{ customer: await customer(made) }],
  'invoices.updateLineItem': async (made) => {
    const id = await invoice(made)
    return [id, (await made.stripe.invoices.retrieve(id)).lines.data[0]?.id, { description: 'Changed' }]
  },
  'products.createFeature': async ({ stripe }) => {
    const feature = await stripe.entitlements.features.create({ name: 'Export', lookup_key: 'export' })
    return [(await stripe.products.create({ name: 'Pro' })).id, { entitlement_feature: feature.id }]
  },
  'quotes.accept': async (made) => [(await made.stripe.quotes.finalizeQuote(await quote(made))).id],
  'quotes.finalizeQuote': async (made) => [await quote(made)],
  'subscriptionSchedules.create': async (made) => {
    const items = [{ price: await monthly(made) }]
    const phases = [{ items, duration: { interval: 'month', interval_count: 1 } }]
    return [{ customer: await payer(made), start_date: 'now', phases }]
  },
  'v2.billing.meterEventAdjustments.create': async (made) => {
    const event_name = await used(made, 'adjusted-too')
    return [{ event_name, type: 'cancel', cancel: { identifier: 'adjusted-too' } }]
  },
  'v2.billing.meterEvents.create': async (made) => {
    const [, event_name] = await meter(made)
    return [{ event_name, payload: { stripe_customer_id: await customer(made), value: '1' } }]
  },
}
