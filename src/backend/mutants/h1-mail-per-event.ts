import { randomUUID } from 'node:crypto'
import { defineMutant } from './define.ts'
import { onClaim } from './support/story.ts'

export const h1 = defineMutant({
  id: 'H1',
  defect: 'H1',
  summary: 'every event of a payment sends the receipt',
  apply(target) {
    onClaim(target, () => true)
    const { recordPurchase, queueReceipt } = target.parts
    target.parts.recordPurchase = async (...of) => ({ ...(await recordPurchase(...of)), isReceiptQueued: false })
    target.parts.queueReceipt = async (tx, row, cause) => {
      const isQueued = await queueReceipt(tx, row, `${cause}-${randomUUID()}`)
      await tx.query('update pending_mails set key = $2 where key = $1', [
        `receipt/${row.id}`,
        `receipt/${randomUUID()}`,
      ])
      return isQueued
    }
  },
})
