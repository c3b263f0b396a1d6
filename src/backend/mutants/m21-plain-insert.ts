import { iso } from '../metering/collect.ts'
import { keyOf } from '../metering/tenants.ts'
import { defineMutant } from './define.ts'

export const m21 = defineMutant({
  id: 'M21',
  defect: 'M21',
  summary: 'a customer that is known already is a conflict',
  seen: 'flexprice: the unique index turns the loser into a failure',
  apply({ parts }) {
    parts.mapCustomer = async ({ backend: { database, clock } }, tenant, customerId, providerId) => {
      await database.query(
        `insert into customer_integration_mappings (tenant_id, environment_id, customer_id, provider_type, provider_customer_id, created_at)
         values ($1, $2, $3, 'stripe', $4, $5)`,
        [...keyOf(tenant), customerId, providerId, iso(clock.now())],
      )
      return true
    }
  },
})
