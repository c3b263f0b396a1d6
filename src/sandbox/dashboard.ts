import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProviderFlags } from '../config/flags.ts'
import type { Clock } from '../kernel/clock.ts'
import { refuseForeignHosts } from './foreign-hosts.ts'
import { listen, type Service } from './ports.ts'
import { registerStage6Page } from './stage6-page.ts'

export interface DashboardOptions {
  qaDir: string
  port: number
  flags: ProviderFlags
  clock: Clock
  urls: Partial<Record<Service, string>>
}

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Serves what runs wrote: the status site at `/`, the whole of `qa/` below `/qa/`. Reads only, loopback only. */
export async function startDashboard({
  qaDir,
  port,
  flags,
}: DashboardOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { default: fastify } = await import('fastify')
  const { default: files } = await import('@fastify/static')
  await mkdir(qaDir, { recursive: true })
  const app = fastify({ forceCloseConnections: true })
  refuseForeignHosts(app)
  app.addHook('onSend', async (_request, reply, payload) => {
    reply
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
    return payload
  })
  await app.register(files, { root: qaDir, prefix: '/qa/', index: ['index.html'], redirect: true, dotfiles: 'deny' })
  registerStage6Page(app, flags)
  app.get('/', async (_request, reply) => {
    if (existsSync(join(qaDir, 'status', 'index.html'))) return reply.redirect('/qa/status/index.html', 302)
    return reply.redirect('/stage6_status.html', 302)
  })
  const url = await listen('dashboard', port, (port) => app.listen({ host: '127.0.0.1', port }))
  return { url, close: () => app.close() }
}
