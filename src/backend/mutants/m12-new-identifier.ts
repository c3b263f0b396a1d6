import { defineMutant } from './define.ts'

export const m12 = defineMutant({
  id: 'M12',
  defect: 'M12',
  summary: 'every attempt has an identifier of its own',
  apply({ parts }) {
    const { sendBatch } = parts
    parts.sendBatch = (context, tenant, batch, key) =>
      sendBatch(context, tenant, { ...batch, identifier: `${batch.identifier}-${Math.random()}` }, key)
  },
})
