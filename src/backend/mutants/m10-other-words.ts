import { defineMutant } from './define.ts'

export const m10 = defineMutant({
  id: 'M10',
  defect: 'M10',
  summary: 'a meter without a mapping is told in other words',
  seen: 'flexprice: Meter not mapped to Stripe',
  apply({ parts, backend }) {
    const { sendBatch } = parts
    parts.sendBatch = async (context, tenant, batch, key) => {
      const sent = await sendBatch(context, tenant, batch, key)
      if (sent.status === 'failed' && sent.reason === 'mapping')
        await backend.database.query(
          "update stripe_sync_batches set error_message = 'Meter not mapped to Stripe' where id = $1",
          [batch.id],
        )
      return sent
    }
  },
})
