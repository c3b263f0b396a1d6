import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours } from '../behaviour.ts'
import { refusal } from '../sandbox.ts'

const upload = (stripe: Stripe, name = 'receipt.pdf', text = '%PDF-1.4 paid') =>
  stripe.files.create({ purpose: 'dispute_evidence', file: { data: Buffer.from(text), name, type: 'application/pdf' } })

const openLink = (stripe: Stripe, more: Partial<Stripe.PaymentLinkCreateParams> = {}) =>
  stripe.prices
    .create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Postcard' } })
    .then(({ id }) => stripe.paymentLinks.create({ line_items: [{ price: id, quantity: 2 }], ...more }))

const visit = (url: string) => fetch(url, { redirect: 'manual' })

const behaviours: Behaviour[] = [
  {
    promise: 'an uploaded file is read back as it was sent',
    page: 'file-upload',
    async check(stripe, sandbox) {
      const file = await upload(stripe)
      assert.deepEqual(
        [file.type, file.size, file.filename, file.purpose],
        ['pdf', 13, 'receipt.pdf', 'dispute_evidence'],
      )
      const withKey = { headers: { authorization: 'Bearer sk_test_files' } }
      assert.equal((await fetch(String(file.url))).status, 401)
      assert.equal((await fetch(String(file.url), withKey)).status, 404)
      const owner = { headers: { authorization: `Bearer ${sandbox.keyOf(stripe)}` } }
      assert.equal(await (await fetch(String(file.url), owner)).text(), '%PDF-1.4 paid')
    },
  },
  {
    promise: 'a purpose takes only its kinds of files',
    page: 'file-upload#uploading-a-file',
    async check(stripe) {
      const error = await refusal(upload(stripe, 'notes.txt', 'hello'))
      assert.equal(error.param, 'file')
      assert.match(error.message, /Invalid file type/)
    },
  },
  {
    promise: 'a file link lets anyone download the file until it expires',
    page: 'file-upload#download-file-contents',
    async check(stripe) {
      const file = await upload(stripe)
      const link = await stripe.fileLinks.create({ file: file.id })
      const found = await fetch(String(link.url))
      assert.equal(await found.text(), '%PDF-1.4 paid')
      assert.equal(found.headers.get('content-disposition'), 'attachment')

      await stripe.fileLinks.update(link.id, { expires_at: 'now' })

      assert.equal((await fetch(String(link.url))).status, 404)
      assert.equal((await stripe.fileLinks.retrieve(link.id)).expired, true)
    },
  },
  {
    promise: 'a file link is guessed by its id alone no more than by nothing',
    page: 'api/file_links',
    async check(stripe) {
      const link = await stripe.fileLinks.create({ file: (await upload(stripe)).id })
      const guessed = String(link.url).replace(/_[A-Za-z0-9]+$/, '_guess')
      assert.equal((await fetch(guessed)).status, 404)
    },
  },
  {
    promise: 'a link to a file that is not there is refused',
    page: 'api/file_links/create',
    async check(stripe) {
      const error = await refusal(stripe.fileLinks.create({ file: 'file_none' }))
      assert.equal(error.code, 'resource_missing')
      assert.equal(error.param, 'file')
    },
  },
  {
    promise: 'every visit of a payment link opens a checkout session of its own',
    page: 'payment-links',
    async check(stripe) {
      const link = await openLink(stripe, { metadata: { shop: '1' } })
      const [first, second] = [await visit(link.url), await visit(link.url)]
      assert.equal(first.status, 303)
      assert.notEqual(first.headers.get('location'), second.headers.get('location'))
      const { data } = await stripe.checkout.sessions.list({ payment_link: link.id })
      assert.deepEqual(
        data.map(({ amount_total, metadata }) => [amount_total, metadata?.shop]),
        [
          [1000, '1'],
          [1000, '1'],
        ],
      )
    },
  },
  {
    promise: 'a payment link that is switched off says so',
    page: 'payment-links/deactivate',
    async check(stripe) {
      const link = await openLink(stripe, { inactive_message: 'Sold out until Monday.' })
      await stripe.paymentLinks.update(link.id, { active: false })
      const found = await visit(link.url)
      assert.equal(found.status, 404)
      assert.match(await found.text(), /Sold out until Monday/)
    },
  },
  {
    promise: 'a payment link ends after the number of sessions it is limited to',
    page: 'payment-links/customize#limit-the-number-of-payments',
    async check(stripe) {
      const link = await openLink(stripe, { restrictions: { completed_sessions: { limit: 1 } } })
      await visit(link.url)
      const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data
      await stripe.rawRequest('POST', `/v1/payment_pages/${session?.id}/confirm`, {})
      const after = await stripe.paymentLinks.retrieve(link.id)
      assert.equal(after.active, false)
      assert.equal(after.restrictions?.completed_sessions.count, 1)
    },
  },
  {
    promise: 'line items of a payment link are listed and their quantities can change',
    page: 'api/payment-link/retrieve-line-items',
    async check(stripe) {
      const link = await openLink(stripe)
      const [item] = (await stripe.paymentLinks.listLineItems(link.id)).data
      assert.equal(item?.amount_total, 1000)
      await stripe.paymentLinks.update(link.id, { line_items: [{ id: item?.id ?? '', quantity: 3 }] })
      const [changed] = (await stripe.paymentLinks.listLineItems(link.id)).data
      assert.deepEqual([changed?.quantity, changed?.amount_total], [3, 1500])
    },
  },
  {
    promise: 'a redirect after completion wants an address',
    page: 'api/payment-link/create',
    async check(stripe) {
      const link = await openLink(stripe, {
        after_completion: { type: 'redirect', redirect: { url: 'https://shop.example/thanks' } },
      })
      assert.equal(link.after_completion.redirect?.url, 'https://shop.example/thanks')
      const error = await refusal(openLink(stripe, { after_completion: { type: 'redirect' } }))
      assert.equal(error.code, 'parameter_missing')
    },
  },
]

await checkBehaviours(behaviours)
