import type { Rig } from '../rig/define.ts'
import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a21 = defineProbe({
  id: 'A21',
  title: 'the certificate is fetched from wherever the event says',
  rule: 'The certificate URL comes from the sender: only the hosts of PayPal may be asked.',
  source: [
    { text: 'PayPal, Verify webhook signature', url: 'https://developer.paypal.com/api/rest/webhooks/rest/' },
    { text: 'dub #3835' },
    { text: 'roleplay-ai #394' },
  ],
  guard: 'The declared PAYPAL API base is the legitimate host.',
  example: 'It downloads PAYPAL-CERT-URL and verifies with whatever key is there.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers, target }) => {
    if (!providers.paypal) return 'providers.paypal'
    return target.start === undefined ? 'target.start' : undefined
  },
  async run(rig) {
    const { foreign, paypal } = rig.double
    const { host, pathname } = new URL(foreign.certUrl)
    const urls = [
      foreign.certUrl,
      `${paypal.url}@${host}${pathname}`,
      `http://${host}/api.paypal.com${pathname}`,
      `http://localhost:${foreign.port}${pathname}?host=api.paypal.com`,
      `https://api.paypal.com.evil.test${pathname}`,
      'https://evil.test/paypal.com/v1/notifications/certs/CERT-1',
    ]
    const before = foreign.hits().length
    const outcomes = await Promise.all(urls.map((url) => forged(rig.fork(), url)))
    const accepted = outcomes.find((outcome) => outcome)
    if (accepted) return accepted
    if (foreign.hits().length > before)
      return red('the certificate is fetched from a host that the sender named', {
        want: 'no request to a foreign host',
        got: 'a request to it',
        harm: 'strangers choose what the backend connects to, and whose key it trusts',
      })
    return green('certificates of foreign hosts are not asked for')
  },
})

async function forged(rig: Rig, url: string): Promise<Outcome | undefined> {
  const buyer = rig.payment({ provider: 'paypal' })
  const how = { signing: 'foreign-certificate', headers: { 'paypal-cert-url': url }, attempts: 1 } as const
  await rig.deliver(buyer, 'cap', how)
  const outcome = await rig.judge(buyer, 'an event that is signed by a stranger takes effect')
  return outcome && { ...outcome, timeline: [...rig.timeline] }
}
