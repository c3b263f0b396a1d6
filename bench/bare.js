// The limit: node:http answering the same bytes a created customer or a page of ten has, with nothing behind it.
import { createServer } from 'node:http'

const customer = {
  id: 'cus_NffrFeUfNV2Hib',
  object: 'customer',
  address: null,
  balance: 0,
  created: 1780000000,
  currency: null,
  default_source: null,
  delinquent: false,
  description: null,
  email: 'bench@example.test',
  invoice_prefix: 'A1B2C3D4',
  invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
  livemode: false,
  metadata: { order: '1' },
  name: 'Bench Person',
  next_invoice_sequence: 1,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
}
const one = JSON.stringify(customer, undefined, 2)
const list = { object: 'list', data: Array(10).fill(customer), has_more: true, url: '/v1/customers' }
const page = JSON.stringify(list, undefined, 2)
const headers = {
  'content-type': 'application/json',
  'request-id': 'req_NffrFeUfNV2Hib',
  'stripe-version': '2026-01-01.example',
}

createServer((request, answer) => {
  request.resume()
  request.on('end', () => {
    const body = request.method === 'GET' && request.url.includes('?limit=10') ? page : one
    answer.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
    answer.end(body)
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
