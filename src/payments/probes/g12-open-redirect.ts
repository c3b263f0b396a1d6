import { type CheckoutKind, checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

const names = ['successUrl', 'cancelUrl', 'returnUrl'] as const

/** Addresses that are somebody else's, some of them only for a browser. `home` is where buyers usually come back to. */
function foreignUrls(home: URL | undefined): string[] {
  const own = home
    ? [`${home.origin}.evil.test/`, `${home.origin}@evil.test/`, `https://evil.test/?${home.origin}`]
    : []
  return [
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    'https://good@evil.test',
    'https://good.evil.test',
    'javascript:alert(1)',
    'https:evil.test',
    ...own,
  ]
}

/** Whoever pays comes back to the shop, and nowhere else. */
export const g12 = defineProbe({
  id: 'G12',
  title: 'open redirect',
  rule: 'A checkout sends buyers back to the shop’s own origin, whatever address the request names.',
  source: [
    {
      text: 'OWASP, Unvalidated redirects',
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Unvalidated_Redirects_and_Forwards_Cheat_Sheet.html',
    },
    { text: 'Ghost #27845, capgo #1681, vm0 #10693' },
  ],
  guard: 'Refusing and falling back are both fine; only an address of a foreign origin at the provider counts.',
  example: 'successUrl passed on to the provider as it came.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const kinds: CheckoutKind[] = rig.contract.facts.subscription?.request ? ['purchase', 'subscription'] : ['purchase']
    let tried = 0
    for (const kind of kinds) {
      const control = await controlCheckout(rig, { kind })
      if ('missing' in control) return control.missing
      const home = addressesIn(control.payable.call.params)
        .map(parse)
        .find((url) => url !== undefined)
      for (const evil of foreignUrls(home)) {
        tried++
        const mark = rig.double.mark()
        const changes = Object.fromEntries(names.map((name) => [name, evil]))
        const buyer = kind === 'subscription' ? rig.subscription() : rig.payment()
        const { attempt } = await checkOut(rig, buyer, { kind, changes })
        if (attempt.status === 429) return unmeasured('the backend limits how often a checkout may be begun')
        const sent = rig.double.calls({ after: mark, method: 'POST' }).flatMap(({ params }) => addressesIn(params))
        const foreign = sent.find((address) => isForeign(address))
        if (foreign === undefined) continue
        return red(`a checkout passed ${evil} on to the provider`, {
          want: 'the shop’s own origin, or a refusal',
          got: foreign,
          harm: 'a link to the shop’s checkout ends at a stranger’s page',
        })
      }
    }
    return green(`${tried} foreign addresses did not reach the provider`)
  },
})

/** Values of parameters that are addresses to come back to, at any depth. */
function addressesIn(params: unknown): string[] {
  if (typeof params !== 'object' || params === null) return []
  return Object.entries(params).flatMap(([name, value]) =>
    typeof value === 'string' && /(?:^|_)(?:url|uri)$/i.test(name) ? [value] : addressesIn(value),
  )
}

/** As a browser would follow it from a page of the shop. */
function parse(address: string): URL | undefined {
  return URL.canParse(address, 'https://shop.invalid/') ? new URL(address, 'https://shop.invalid/') : undefined
}

function isForeign(address: string): boolean {
  const url = parse(address.replace('{CHECKOUT_SESSION_ID}', 'cs'))
  if (!url) return false
  return !/^https?:$/.test(url.protocol) || /(?:^|\.)evil\.test$/.test(url.hostname)
}
