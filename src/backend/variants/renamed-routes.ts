import { defineVariant } from './define.ts'

export const renamedRoutes = defineVariant({
  id: 'renamed-routes',
  kind: 'noise',
  summary: 'webhooks, cards and health are called otherwise',
  contract: (text) =>
    text
      .replaceAll('/webhooks/stripe', '/hooks/s')
      .replaceAll('/webhooks/paypal', '/hooks/p')
      .replaceAll('/health', '/up')
      .replace('/users/{user}/cards', '/v2/owners/{user}/items'),
  wrap(app) {
    const names: [RegExp, string][] = [
      [/^\/hooks\/s$/, '/webhooks/stripe'],
      [/^\/hooks\/p$/, '/webhooks/paypal'],
      [/^\/up$/, '/health'],
      [/^\/v2\/owners\/([^/]+)\/items(?=\?|$)/, '/users/$1/cards'],
    ]
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, raw, done) => done(null, raw))
      for (const url of ['/hooks/s', '/hooks/p', '/up', '/v2/owners/:id/items'])
        scope.route({
          method: url.startsWith('/hooks') ? 'POST' : 'GET',
          url,
          handler: async ({ method, url: asked, headers, body }, reply) => {
            const [pattern, path] = names.find(([each]) => each.test(asked)) ?? [/^/, '']
            const { 'content-length': _, 'transfer-encoding': __, ...rest } = headers
            const answer = await app.inject({
              method: method as 'GET',
              url: asked.replace(pattern, path),
              headers: rest,
              ...(Buffer.isBuffer(body) && { payload: body }),
            })
            return reply.status(answer.statusCode).type('application/json').send(answer.body)
          },
        })
    })
  },
})
