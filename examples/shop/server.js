import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { createShop } from './shop.js'
import { connectStripe } from './stripe.js'

/** Serves the shop; `environment` is what `process.env` has. Returns its address and how to stop it. */
export async function startServer(environment, port = Number(environment.PORT ?? 3000)) {
  const stripe = connectStripe(environment)
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      const status = error.statusCode === 402 ? 402 : 500
      reply(response, status, { error: status === 402 ? error.message : 'something went wrong' })
    })
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  const shop = createShop(stripe, { url })
  let nextOrder = 1

  async function handle(request, response) {
    const { pathname } = new URL(request.url, url)
    const [, collection, id, action] = pathname.split('/')
    const body = await read(request)
    switch (`${request.method} /${collection}${id ? '/:id' : ''}${action ? `/${action}` : ''}`) {
      case 'POST /orders':
        return reply(response, 201, await shop.buyPack(`order-${nextOrder++}`))
      case 'GET /orders/:id':
        return reply(response, shop.order(id) ? 200 : 404, shop.order(id) ?? {})
      case 'POST /orders/:id/refund':
        if (!shop.order(id)?.payment) return reply(response, 409, { error: 'this order is not paid' })
        await shop.refund(id)
        return reply(response, 202, {})
      case 'POST /members': {
        const { email, paymentMethod } = JSON.parse(body)
        return reply(response, 201, await shop.join(email, paymentMethod))
      }
      case 'GET /members/:id':
        return reply(response, shop.member(id) ? 200 : 404, shop.member(id) ?? {})
      case 'POST /webhook':
        return webhook(request, response, body)
      default:
        return reply(response, 404, { error: 'not found' })
    }
  }

  /** Only what Stripe signed is listened to; the signature is over the bytes, so nothing parses them before. */
  async function webhook(request, response, body) {
    let event
    try {
      event = stripe.webhooks.constructEvent(
        body,
        request.headers['stripe-signature'],
        environment.STRIPE_WEBHOOK_SECRET,
      )
    } catch {
      return reply(response, 400, { error: 'not from Stripe' })
    }
    await shop.onEvent(event)
    reply(response, 200, { received: true })
  }

  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  return { url, close }
}

async function read(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function reply(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startServer(process.env)
  console.log(`the shop is open at ${url}`)
}
