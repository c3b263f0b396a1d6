import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { at, type Shop } from '../../stripe/billing/shop.ts'
import { type Row, refused, rowsOf } from './rows.ts'

const berlin = { country: 'DE', city: 'Berlin', postal_code: '10115', line1: 'Invalidenstr. 1' }
const sanFrancisco = { country: 'US', state: 'CA', city: 'San Francisco', postal_code: '94111', line1: '1 Main St' }

/** A seller in Berlin who collects VAT there and, by the one-stop shop, in the whole union. */
export async function register(shop: Shop, ...countries: string[]): Promise<void> {
  await shop.stripe.tax.settings.update({
    defaults: { tax_code: 'txcd_10000000' },
    head_office: { address: berlin },
  })
  for (const country of countries)
    await shop.stripe.tax.registrations.create({
      active_from: 'now',
      country,
      country_options:
        country === 'US'
          ? { us: { state: 'CA', type: 'state_sales_tax' } }
          : { [country.toLowerCase()]: { type: 'standard', standard: { place_of_supply_scheme: 'standard' } } },
    })
}

async function taxed(shop: Shop, fields: Stripe.CustomerCreateParams, price: object = {}, more: object = {}) {
  const customer = await shop.customer('pm_card_visa', fields)
  const { id } = await shop.price(1000, { tax_behavior: 'exclusive', ...price })
  const subscription = await shop.stripe.subscriptions.create({
    automatic_tax: { enabled: true },
    customer: customer.id,
    items: [{ price: id }],
    expand: ['latest_invoice'],
    ...more,
  })
  return { customer, invoice: subscription.latest_invoice as Stripe.Invoice, price: id, subscription }
}

const sums = ({ subtotal, subtotal_excluding_tax, total, total_excluding_tax, amount_paid }: Stripe.Invoice) => [
  subtotal,
  subtotal_excluding_tax,
  total,
  total_excluding_tax,
  amount_paid,
]
const taxOf = (invoice: Stripe.Invoice) =>
  (invoice.total_taxes ?? []).map(({ amount, tax_behavior, taxability_reason, taxable_amount }) => [
    amount,
    taxable_amount,
    tax_behavior,
    taxability_reason,
  ])

export const taxes: Row[] = [
  ...rowsOf('tax/settings-api', {
    'settings are pending until there is a head office and a tax code': async (shop) => {
      const before = await shop.stripe.tax.settings.retrieve()
      assert.deepEqual(
        [before.status, before.status_details.pending?.missing_fields],
        ['pending', ['head_office', 'defaults.tax_code']],
      )
      await register(shop)
      const after = await shop.stripe.tax.settings.retrieve()
      assert.deepEqual([after.status, after.head_office?.address.country], ['active', 'DE'])
      assert.equal((await shop.events()).at(-1)?.type, 'tax.settings.updated')
    },
    'without a head office nothing is taxed automatically': async (shop) => {
      await refused(taxed(shop, { address: berlin }), 'stripe_tax_inactive')
    },
  }),
  ...rowsOf('tax/registrations-api', {
    'a registration is scheduled, active and expired by its dates': async (shop) => {
      await register(shop)
      const future = at('2027-01-01T00:00:00Z')
      const made = await shop.stripe.tax.registrations.create({
        active_from: future,
        country: 'FR',
        country_options: { fr: { type: 'standard', standard: { place_of_supply_scheme: 'standard' } } },
      })
      assert.equal(made.status, 'scheduled')
      const begun = await shop.stripe.tax.registrations.update(made.id, { active_from: 'now' })
      assert.equal(begun.status, 'active')
      const ended = await shop.stripe.tax.registrations.update(made.id, { expires_at: 'now' })
      assert.equal(ended.status, 'expired')
    },
    'one registration with the one-stop shop collects in the whole union': async (shop) => {
      await register(shop)
      await shop.stripe.tax.registrations.create({
        active_from: 'now',
        country: 'DE',
        country_options: { de: { type: 'oss_union' } },
      })
      const { invoice } = await taxed(shop, { address: { country: 'FR' } })
      assert.deepEqual(taxOf(invoice), [[200, 1000, 'exclusive', 'standard_rated']])
    },
  }),
  ...rowsOf('tax/subscriptions', {
    'tax comes on top of an exclusive price, on the first invoice and on renewals': async (shop) => {
      await register(shop, 'DE')
      const { customer, invoice, subscription } = await taxed(shop, { address: berlin })
      assert.deepEqual(sums(invoice), [1000, 1000, 1190, 1000, 1190])
      assert.deepEqual(taxOf(invoice), [[190, 1000, 'exclusive', 'standard_rated']])
      assert.deepEqual(
        [invoice.automatic_tax.status, invoice.automatic_tax.provider, invoice.automatic_tax.liability?.type],
        ['complete', 'stripe', 'self'],
      )
      assert.deepEqual(subscription.automatic_tax, {
        disabled_reason: null,
        enabled: true,
        liability: { type: 'self' },
      })
      await shop.advance(customer.test_clock as string, at('2026-02-01T02:00:00Z'))
      const { data } = await shop.stripe.invoices.list({ subscription: subscription.id })
      assert.deepEqual(
        data.map(({ total }) => total),
        [1190, 1190],
      )
    },
    'an inclusive price contains its tax': async (shop) => {
      await register(shop, 'DE')
      const { invoice } = await taxed(shop, { address: berlin }, { tax_behavior: 'inclusive' })
      assert.deepEqual(sums(invoice), [1000, 840, 1000, 840, 1000])
      assert.deepEqual(taxOf(invoice), [[160, 840, 'inclusive', 'standard_rated']])
    },
    'a price that does not say it follows the default of the settings': async (shop) => {
      await register(shop, 'DE')
      await shop.stripe.tax.settings.update({ defaults: { tax_behavior: 'inclusive' } })
      const { invoice } = await taxed(shop, { address: berlin }, { tax_behavior: 'unspecified' })
      assert.equal(invoice.total, 1000)
      assert.equal(invoice.total_taxes?.[0]?.amount, 160)
    },
    'discounts come off before tax': async (shop) => {
      await register(shop, 'DE')
      const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: 'forever' })
      const { invoice } = await taxed(shop, { address: berlin }, {}, { discounts: [{ coupon: coupon.id }] })
      assert.deepEqual([invoice.total, invoice.total_taxes?.[0]?.amount], [595, 95])
    },
    'prorations are taxed like what they prorate': async (shop) => {
      await register(shop, 'DE')
      const { customer, price, subscription } = await taxed(shop, { address: berlin })
      await shop.advance(customer.test_clock as string, at('2026-01-16T12:00:00Z'))
      const dearer = await shop.price(3000, { tax_behavior: 'exclusive' })
      const updated = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: dearer.id }],
        proration_behavior: 'always_invoice',
        expand: ['latest_invoice'],
      })
      const invoice = updated.latest_invoice as Stripe.Invoice
      assert.ok(price)
      assert.deepEqual([invoice.subtotal, invoice.total], [1000, 1190])
      assert.deepEqual(
        invoice.lines.data.map((line) => [line.amount, line.taxes?.[0]?.amount]),
        [
          [-500, -95],
          [1500, 285],
        ],
      )
    },
    'where nobody is registered nothing is collected, and the line says so': async (shop) => {
      await register(shop, 'DE')
      const { invoice } = await taxed(shop, { address: sanFrancisco })
      assert.deepEqual(taxOf(invoice), [[0, 0, 'exclusive', 'not_collecting']])
    },
    'in the US the state decides': async (shop) => {
      await register(shop, 'US')
      const { invoice } = await taxed(shop, { address: sanFrancisco })
      assert.deepEqual(taxOf(invoice), [[73, 1000, 'exclusive', 'standard_rated']])
      const rate = invoice.total_taxes?.[0]?.tax_rate_details?.tax_rate as string
      const { active, jurisdiction, percentage, tax_type } = await shop.stripe.taxRates.retrieve(rate)
      assert.deepEqual([active, jurisdiction, percentage, tax_type], [false, 'CA', 7.25, 'sales_tax'])
    },
    'rates by hand and automatic tax exclude each other': async (shop) => {
      await register(shop, 'DE')
      const rate = await shop.stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 7 })
      await refused(taxed(shop, { address: berlin }, {}, { default_tax_rates: [rate.id] }), undefined)
    },
    'automatic tax can be switched on later, for the next invoice': async (shop) => {
      await register(shop, 'DE')
      const { customer, subscription } = await taxed(
        shop,
        { address: berlin },
        {},
        { automatic_tax: { enabled: false } },
      )
      await shop.stripe.subscriptions.update(subscription.id, { automatic_tax: { enabled: true } })
      await shop.advance(customer.test_clock as string, at('2026-02-01T02:00:00Z'))
      const { data } = await shop.stripe.invoices.list({ subscription: subscription.id })
      assert.deepEqual(
        data.map(({ total }) => total),
        [1190, 1000],
      )
    },
  }),
  ...rowsOf('tax/customer-locations', {
    'a customer without an address cannot have a taxed subscription': (shop) =>
      register(shop, 'DE').then(() => refused(taxed(shop, {}), 'customer_tax_location_invalid')),
    'the US want a postal code': (shop) =>
      register(shop, 'US').then(() =>
        refused(taxed(shop, { address: { country: 'US', state: 'CA' } }), 'customer_tax_location_invalid'),
      ),
    'the shipping address comes before the billing address': async (shop) => {
      await register(shop, 'DE', 'FR')
      const { invoice } = await taxed(shop, {
        address: berlin,
        shipping: { name: 'Jenny', address: { country: 'FR' } },
      })
      assert.equal(invoice.total, 1200)
    },
    'an invoice waits for the address with requires_location_inputs, and is not finalized': async (shop) => {
      await register(shop, 'DE')
      const customer = await shop.customer('pm_card_visa')
      await shop.stripe.invoiceItems.create({ customer: customer.id, amount: 1000, currency: 'eur' })
      const draft = await shop.stripe.invoices.create({
        automatic_tax: { enabled: true },
        currency: 'eur',
        customer: customer.id,
        pending_invoice_items_behavior: 'include',
      })
      assert.deepEqual([draft.automatic_tax.status, draft.total], ['requires_location_inputs', 1000])
      await refused(shop.stripe.invoices.finalizeInvoice(draft.id), 'customer_tax_location_invalid')
      const waiting = await shop.stripe.invoices.retrieve(draft.id)
      assert.deepEqual(
        [waiting.status, waiting.last_finalization_error?.code],
        ['draft', 'customer_tax_location_invalid'],
      )
      assert.ok((await shop.events()).some(({ type }) => type === 'invoice.finalization_failed'))
      await shop.stripe.customers.update(customer.id, { address: berlin })
      const final = await shop.stripe.invoices.finalizeInvoice(draft.id)
      assert.deepEqual([final.automatic_tax.status, final.total], ['complete', 1000])
      assert.equal(final.total_taxes?.[0]?.amount, 160)
    },
    'a renewal whose customer has no address any more goes on without tax': async (shop) => {
      await register(shop, 'DE')
      const { customer, subscription } = await taxed(shop, { address: berlin })
      await shop.stripe.customers.update(customer.id, { address: '' })
      await shop.advance(customer.test_clock as string, at('2026-02-01T02:00:00Z'))
      const after = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      const { automatic_tax, status, total } = after.latest_invoice as Stripe.Invoice
      assert.deepEqual([status, total, automatic_tax.enabled], ['paid', 1000, false])
      assert.equal(automatic_tax.disabled_reason, 'finalization_requires_location_inputs')
      assert.deepEqual(
        [after.automatic_tax.enabled, after.automatic_tax.disabled_reason],
        [false, 'requires_location_inputs'],
      )
    },
  }),
  ...rowsOf('billing/customer/tax-ids', {
    'a number that no country has is refused': async (shop) => {
      const { id } = await shop.stripe.customers.create({})
      await refused(shop.stripe.customers.createTaxId(id, { type: 'eu_vat', value: 'ZZ1' }), 'tax_id_invalid')
    },
    'the numbers to try are verified, or not, and invoices show them': async (shop) => {
      const { id } = await shop.stripe.customers.create({ tax_id_data: [{ type: 'eu_vat', value: '000000000' }] })
      const second = await shop.stripe.customers.createTaxId(id, { type: 'eu_vat', value: '111111111' })
      assert.equal(second.verification?.status, 'unverified')
      const { data } = await shop.stripe.customers.listTaxIds(id)
      assert.deepEqual(
        data.map(({ customer, verification }) => [customer, verification?.status]),
        [
          [id, 'unverified'],
          [id, 'verified'],
        ],
      )
      const invoice = await shop.stripe.invoices.create({ customer: id })
      assert.deepEqual(invoice.customer_tax_ids?.[0], { type: 'eu_vat', value: '111111111' })
    },
  }),
  ...rowsOf('tax/zero-tax', {
    'exempt customers pay none': async (shop) => {
      await register(shop, 'DE')
      const { invoice } = await taxed(shop, { address: berlin, tax_exempt: 'exempt' })
      assert.deepEqual(taxOf(invoice), [[0, 0, 'exclusive', 'customer_exempt']])
    },
    'a business in another country of the union owes the tax itself': async (shop) => {
      await register(shop, 'DE', 'FR')
      const { invoice } = await taxed(shop, {
        address: { country: 'FR' },
        tax_id_data: [{ type: 'eu_vat', value: 'FRAB123456789' }],
      })
      assert.deepEqual(taxOf(invoice), [[0, 0, 'exclusive', 'reverse_charge']])
    },
    'what is not taxable is not taxed': async (shop) => {
      await register(shop, 'DE')
      const product = await shop.stripe.products.create({ name: 'Gift card', tax_code: 'txcd_00000000' })
      const { invoice } = await taxed(shop, { address: berlin }, { product: product.id, product_data: undefined })
      assert.deepEqual(taxOf(invoice), [[0, 0, 'exclusive', 'product_exempt']])
    },
  }),
  ...rowsOf('api/invoices/create_preview', {
    'a preview taxes an address that nobody has yet': async (shop) => {
      await register(shop, 'DE')
      const price = await shop.price(1000, { tax_behavior: 'exclusive' })
      const preview = await shop.stripe.invoices.createPreview({
        automatic_tax: { enabled: true },
        customer_details: { address: berlin },
        subscription_details: { items: [{ price: price.id }] },
      })
      assert.deepEqual([preview.total, preview.automatic_tax.status], [1190, 'complete'])
      const without = await shop.stripe.invoices.createPreview({
        automatic_tax: { enabled: true },
        customer_details: { tax_exempt: 'none' },
        subscription_details: { items: [{ price: price.id }] },
      })
      assert.deepEqual([without.total, without.automatic_tax.status], [1000, 'requires_location_inputs'])
      assert.equal((await shop.stripe.customers.list()).data.length, 0)
    },
  }),
  ...rowsOf('tax/quotes', {
    'a quote is taxed, and so is what it becomes': async (shop) => {
      await register(shop, 'DE')
      const customer = await shop.customer('pm_card_visa', { address: berlin })
      const price = await shop.price(1000, { tax_behavior: 'exclusive' })
      const quote = await shop.stripe.quotes.create({
        automatic_tax: { enabled: true },
        customer: customer.id,
        line_items: [{ price: price.id }],
      })
      assert.deepEqual(
        [quote.amount_total, quote.total_details.amount_tax, quote.automatic_tax.status],
        [1190, 190, 'complete'],
      )
      await shop.stripe.quotes.finalizeQuote(quote.id)
      const accepted = await shop.stripe.quotes.accept(quote.id, { expand: ['invoice'] })
      assert.equal((accepted.invoice as Stripe.Invoice).total, 1190)
    },
  }),
]
