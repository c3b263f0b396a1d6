import { defineContentCheck } from './define.ts'

/** Large mailbox providers ask for this of everybody who sends in bulk (RFC 2369, RFC 8058). */
export const unsubscribe = defineContentCheck({
  name: 'unsubscribe',
  summary: 'mail to many can be unsubscribed from with one click',
  example: { content: { channel: 'mail', subject: 'News', text: 'News', headers: {} }, context: { bulk: true } },
  check({ channel, headers = {} }, { bulk }) {
    if (!bulk || channel !== 'mail') return []
    const list = headers['list-unsubscribe'] ?? ''
    if (!/<https:\/\/[^>]+>/.test(list)) return ['List-Unsubscribe with an https address is missing']
    return headers['list-unsubscribe-post'] === 'List-Unsubscribe=One-Click'
      ? []
      : ['List-Unsubscribe-Post: List-Unsubscribe=One-Click is missing']
  },
})
