import { keyOf } from '../metering/tenants.ts'
import { defineMutant } from './define.ts'

export const m11 = defineMutant({
  id: 'M11',
  defect: 'M11',
  summary: 'a second mapping of a meter takes the place of the first',
  apply({ parts, backend }) {
    const { mapMeter } = parts
    parts.mapMeter = async (context, tenant, mapping) => {
      const statement =
        'delete from meter_provider_mappings where tenant_id = $1 and environment_id = $2 and meter_id = $3'
      await backend.database.query(statement, [...keyOf(tenant), mapping.meter_id])
      return mapMeter(context, tenant, mapping)
    }
  },
})
