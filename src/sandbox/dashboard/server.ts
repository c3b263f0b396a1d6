import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { ProviderFlags } from '../../config/flags.ts'
import { packageFile } from '../../kernel/package.ts'
import { refuseForeignHosts } from '../foreign-hosts.ts'
import { listen } from '../ports.ts'
import { registerStage6Page } from '../stage6-page.ts'
import { createLastRun } from './last-run.ts'
import { createLiveUpdates } from './live.ts'
import { registerDashboard } from './routes.ts'
import type { Source } from './view.ts'

export interface DashboardOptions {
  qaDir: string
  port: number
  flags: ProviderFlags
  /** The sandbox to show; without it only what runs wrote is served. */
  source?: Source | undefined
  /** Where the inbox of the notify sandbox is. */
  notifyUrl?: string | undefined
}

/** Of everything but the dashboard's own pages, which bring their own. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const assets = { '/dashboard.css': 'text/css', '/live.client.js': 'text/javascript' }

/** Serves the dashboard of the sandbox at `/` and what runs wrote, the whole of `qa/`, below `/qa/`. Loopback only. */
export async function startDashboard(options: DashboardOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { qaDir, port, flags, source, notifyUrl } = options
  const { default: fastify } = await import('fastify')
  const { default: files } = await import('@fastify/static')
  await mkdir(qaDir, { recursive: true })
  const app = fastify({ forceCloseConnections: true, bodyLimit: 16 * 1024, routerOptions: { maxParamLength: 500 } })
  refuseForeignHosts(app)
  app.addHook('onSend', async (_request, reply, payload) => {
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policy)
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    return payload
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  await app.register(files, { root: qaDir, prefix: '/qa/', index: ['index.html'], redirect: true, dotfiles: 'deny' })
  registerStage6Page(app, flags)
  for (const [path, type] of Object.entries(assets)) {
    const text = readFileSync(packageFile(`src/sandbox/dashboard${path}`), 'utf8')
    app.get(path, async (_request, reply) => reply.type(`${type}; charset=utf-8`).send(text))
  }
  const live = createLiveUpdates()
  registerDashboard(app, { source, notifyUrl, lastRun: createLastRun(qaDir), live })
  const url = await listen('dashboard', port, (port) => app.listen({ host: '127.0.0.1', port }))
  return {
    url,
    async close() {
      live.close()
      await app.close()
    },
  }
}
