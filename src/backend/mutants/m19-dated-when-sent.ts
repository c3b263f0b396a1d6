import { defineMutant } from './define.ts'

export const m19Dated = defineMutant({
  id: 'M19-dated',
  defect: 'M19',
  summary: 'usage is dated when it is sent',
  apply({ parts, backend }) {
    const { sendBatch } = parts
    parts.sendBatch = (context, tenant, batch, key) =>
      sendBatch(context, tenant, { ...batch, usedAt: backend.clock.now() }, key)
  },
})
