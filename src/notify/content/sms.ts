import { countSegments } from '../sms.ts'
import { defineContentCheck } from './define.ts'

/** Segments that are paid for one by one; more than this is rarely meant. */
const maxSegments = 3

export const sms = defineContentCheck({
  name: 'sms',
  summary: 'a text message is short, and says how to opt out when sent in bulk',
  example: { content: { channel: 'sms', subject: '', text: 'ß€ — '.repeat(60) } },
  check({ channel, text = '' }, { bulk }) {
    if (channel !== 'sms') return []
    const { encoding, segments } = countSegments(text)
    return [
      ...(segments > maxSegments ? [`${segments} segments in ${encoding}, more than ${maxSegments}`] : []),
      ...(bulk && !/\bstop\b/i.test(text) ? ['it does not say how to opt out (STOP)'] : []),
    ]
  },
})
