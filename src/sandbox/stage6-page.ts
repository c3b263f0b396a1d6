import type { FastifyInstance } from 'fastify'
import type { ProviderFlags } from '../config/flags.ts'

/** `/stage6_status.html`: the provider flags in force, how to run the gate, where its artefacts are; and the stylesheet it uses. */
export function registerStage6Page(app: FastifyInstance, flags: ProviderFlags): void {
  app.get('/stage6_status.html', async (_request, reply) => {
    const { renderStage6Page } = await import('../report/html/stage6-page.ts')
    return reply.type('text/html; charset=utf-8').send(renderStage6Page(flags))
  })
  app.get('/status.css', async (_request, reply) => {
    const { statusStylesheet } = await import('../report/html/stylesheet.ts')
    return reply.type('text/css; charset=utf-8').send(statusStylesheet())
  })
}
