import { defineContentCheck } from './define.ts'

/** RFC 5322, 2.1.1: a line has at most 998 bytes without its end. */
const maxBytes = 998

export const subject = defineContentCheck({
  name: 'subject',
  summary: 'a mail has a subject that fits on a line',
  example: { content: { channel: 'mail', subject: ' ', text: 'x' } },
  check({ channel, subject }) {
    if (channel !== 'mail') return []
    if (subject.trim() === '') return ['the subject is empty']
    const bytes = Buffer.byteLength(subject)
    return bytes > maxBytes ? [`the subject has ${bytes} bytes, more than ${maxBytes}`] : []
  },
})
