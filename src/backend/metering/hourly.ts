import type { FastifyInstance } from 'fastify'
import type { Breakers } from './breakers.ts'
import type { Context } from './collect.ts'
import { syncUsage } from './sync.ts'
import type { MeteringSettings, Tenant } from './tenants.ts'
import { closedSpan, nextHourly } from './windows.ts'

type Running = Context & { breakers: Breakers }

/** Looks once a minute whether an hour is due: a machine that slept, or a clock that was put right, is late and never left out. */
const lookMs = 60_000

/** Reports the usage of every tenant once an hour, a few minutes after it ended. */
export function startHourly(app: FastifyInstance, context: Running, on: MeteringSettings): void {
  const { clock } = context.backend
  let due = nextHourly(clock.now() - 3_600_000, on.graceMinutes)
  let isRunning = false
  const look = async (): Promise<void> => {
    if (isRunning || clock.now() < due) return
    isRunning = true
    due = nextHourly(clock.now(), on.graceMinutes)
    await syncAll(context, on).finally(() => {
      isRunning = false
    })
  }
  let timer: NodeJS.Timeout | undefined
  app.addHook('onReady', async () => {
    if (context.backend.drainMs) timer = setInterval(() => void look().catch(() => {}), lookMs).unref()
  })
  app.addHook('onClose', async () => clearInterval(timer))
}

/** Everything that has ended and was not counted yet, of every tenant that has syncing switched on; one tenant's trouble is not another's. */
export async function syncAll(context: Running, { graceMinutes }: MeteringSettings): Promise<void> {
  const { database, clock } = context.backend
  const { rows } = await database.query(
    `select tenant_id, environment_id, aggregation_window_minutes as minutes from stripe_tenant_configs
     where sync_enabled order by tenant_id, environment_id`,
  )
  for (const row of rows) {
    const tenant: Tenant = { tenant: String(row.tenant_id), environment: String(row.environment_id) }
    const span = closedSpan(clock.now(), Number(row.minutes), graceMinutes)
    await syncUsage(context, tenant, span).catch(() => {})
  }
}
