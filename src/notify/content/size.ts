import { defineContentCheck } from './define.ts'

/** Gmail shows the first 102 KB of html and hides the rest behind a link. */
const maxBytes = 102 * 1024

export const size = defineContentCheck({
  name: 'size',
  summary: 'html is short enough to be shown whole',
  example: { content: { channel: 'mail', subject: 'x', text: 'x', html: `<p>${'x'.repeat(maxBytes)}</p>` } },
  check({ html = '' }) {
    const bytes = Buffer.byteLength(html)
    return bytes > maxBytes ? [`html of ${bytes} bytes is cut after ${maxBytes}`] : []
  },
})
