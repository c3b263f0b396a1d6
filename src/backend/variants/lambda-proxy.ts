import { defineVariant } from './define.ts'
import { behindGateway, decoded, serveGateway } from './support/gateway.ts'

export const lambdaProxy = defineVariant({
  id: 'lambda-proxy',
  kind: 'correct',
  summary: 'a function behind an API gateway, which hands webhooks over as events',
  contract: behindGateway,
  wrap(app) {
    serveGateway(app, decoded)
  },
})
