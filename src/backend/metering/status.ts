import type { FastifyInstance } from 'fastify'
import type { Breakers } from './breakers.ts'
import type { Context } from './collect.ts'
import { keyOf, type MeteringSettings, requireTenant } from './tenants.ts'

export interface Standing {
  completed: number
  failed: number
  pending: number
  /** Milliseconds; null where nothing was sent. */
  averageLatency: number | null
}

/** `GET /v1/stripe/sync/status` of a tenant, and `GET /metrics` of all: counted from the batches, now. */
export function registerSyncStatus(
  app: FastifyInstance,
  { backend: { database }, parts, breakers }: Context & { breakers: Breakers },
  on: MeteringSettings,
): void {
  app.get('/v1/stripe/sync/status', async (request) => {
    const tenant = requireTenant(request, on)
    const { rows } = await database.query(
      `select sync_status as status, count(*)::int as count, avg(latency_ms)::int as latency from stripe_sync_batches
       where tenant_id = $1 and environment_id = $2 group by sync_status`,
      keyOf(tenant),
    )
    const counts = countsOf(rows)
    const completed = rows.find(({ status }) => status === 'completed')
    const standing: Standing = { ...counts, averageLatency: (completed?.latency as number | null | undefined) ?? null }
    return {
      success_rate: parts.successRate(standing),
      open_circuit_breakers: breakers.isOpen(tenant) ? 1 : 0,
      average_latency_ms: standing.averageLatency,
      ...counts,
    }
  })

  app.get('/metrics', async (_request, reply) => {
    const { rows } = await database.query(
      'select sync_status as status, count(*)::int as count from stripe_sync_batches group by sync_status',
    )
    const lines = Object.entries(countsOf(rows)).map(
      ([status, count]) => `stripe_sync_batches_total{status="${status}"} ${count}`,
    )
    const head = [
      '# HELP stripe_sync_batches_total Batches of usage by how they stand.',
      '# TYPE stripe_sync_batches_total gauge',
    ]
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(`${[...head, ...lines].join('\n')}\n`)
  })
}

function countsOf(rows: readonly Record<string, unknown>[]): Pick<Standing, 'completed' | 'failed' | 'pending'> {
  const count = (wanted: string) => Number(rows.find(({ status }) => status === wanted)?.count ?? 0)
  return { completed: count('completed'), failed: count('failed'), pending: count('pending') }
}

/** Of the batches that ended, how many were counted; null where none has: nothing is no success. */
export function successRate({ completed, failed }: Pick<Standing, 'completed' | 'failed'>): number | null {
  const all = completed + failed
  return all === 0 ? null : Math.round((completed / all) * 10_000) / 10_000
}
