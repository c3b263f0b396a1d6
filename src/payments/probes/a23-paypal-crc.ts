import { crc32 } from 'node:zlib'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a23 = defineProbe({
  id: 'A23',
  title: "PayPal's checksum is read with a sign, or in hexadecimal",
  rule: 'What PayPal signs holds the CRC32 of the body as an unsigned decimal number.',
  source: [{ text: 'PayPal, Verify webhook signature', url: 'https://developer.paypal.com/api/rest/webhooks/rest/' }],
  guard: 'Eight genuine events, half of them with a checksum of 2^31 and more.',
  example: 'A 32-bit integer with a sign: half of all genuine events are refused.',
  company: 'shared',
  needs: ({ providers, target }) => {
    if (!providers.paypal) return 'providers.paypal'
    return target.start === undefined ? 'target.start' : undefined
  },
  async run(rig) {
    if (!rig.providers.includes('paypal')) return green('no PayPal event takes effect; see the control')
    for (let count = 0; count < 8; count++) {
      const buyer = rig.payment({ provider: 'paypal' })
      await rig.deliver(buyer, 'cap', { change: (event) => withChecksum(event, count % 2 === 0) })
      const outcome = await rig.judge(buyer, 'a genuine event is refused, by the checksum of its body')
      if (outcome) return outcome
    }
    return green('the checksum is read as it is')
  },
})

/** The same event with a summary that brings the checksum of its bytes where it is wanted. */
function withChecksum(event: Record<string, unknown>, isHigh: boolean): Record<string, unknown> {
  for (let count = 0; ; count++) {
    const candidate = { ...event, summary: `Payment completed, note ${count}` }
    if (crc32(JSON.stringify(candidate)) >= 2 ** 31 === isHigh) return candidate
  }
}
