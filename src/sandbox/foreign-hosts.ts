import type { FastifyInstance } from 'fastify'

/**
 * Answers only to loopback names: a page on the web that points its own host name at 127.0.0.1 (DNS rebinding) would otherwise
 * read what is served here with the visitor's browser.
 */
export function refuseForeignHosts(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    if (host === '127.0.0.1' || host === 'localhost' || host === '[::1]') return
    await reply.status(403).type('text/plain').send('this server answers to 127.0.0.1 and localhost only\n')
  })
}
