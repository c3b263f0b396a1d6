import { behindGateway, serveGateway } from '../variants/support/gateway.ts'
import { defineMutant } from './define.ts'

export const a18 = defineMutant({
  id: 'A18',
  defect: 'A18',
  summary: 'behind an API gateway bodies are taken as text, also those in base64',
  seen: 'versiful: isBase64Encoded is not looked at',
  contract: behindGateway,
  wrap(app) {
    serveGateway(app, ({ body }) => Buffer.from(body ?? ''))
  },
})
