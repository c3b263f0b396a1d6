import { randomUUID } from 'node:crypto'
import { keyOf } from '../metering/tenants.ts'
import { defineMutant } from './define.ts'

export const m13 = defineMutant({
  id: 'M13',
  defect: 'M13',
  summary: 'what was under way when the process died is not known to the next one',
  apply({ parts, backend }) {
    const { collect } = parts
    parts.identifierOf = () => randomUUID()
    parts.collect = async (context, tenant, scope, minutes) => {
      const open = "from stripe_sync_batches where tenant_id = $1 and environment_id = $2 and sync_status = 'pending'"
      const { database } = backend
      await database.query(
        `update events_processed set batch_id = null where batch_id in (select id ${open})`,
        keyOf(tenant),
      )
      await database.query(`delete ${open}`, keyOf(tenant))
      return collect(context, tenant, scope, minutes)
    }
  },
})
