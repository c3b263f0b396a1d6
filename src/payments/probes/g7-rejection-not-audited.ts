import type { AuditRecord } from '../observe/types.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A list this long that does not grow may be a page of a longer one. */
const pageSize = 20
const marker = 'gatekitpayloadmarker7f3a9c1e5b'

/** What was refused says that somebody tried, or that a secret is wrong. */
export const g7 = defineProbe({
  id: 'G7',
  title: 'rejection not recorded',
  rule: 'A webhook that was refused, a payment that does not fit and a refund of an unknown payment leave a record each.',
  source: [{ text: 'PCI DSS 4.0, 10.2.1.4: invalid access attempts' }, { text: 'OWASP, Logging: what to log' }],
  guard:
    'A record of a forged webhook may hold whatever it likes but the payload itself. Lists that may be cut are not judged.',
  example: 'A bad signature answered 400 and forgotten.',
  company: 'alone',
  needs: ({ observe }) => (observe.rejections || observe.audit ? undefined : 'observe.rejections'),
  async run(rig) {
    const { observe, policy } = rig.contract
    if (observe.rejections) {
      const outcome = (await forged(rig, 'other-secret')) ?? (await forged(rig, 'none'))
      if (outcome) return outcome
    }
    if (!observe.audit) return green('refused webhooks are on record')
    const { amount } = rig.contract.facts.purchase
    const underpaid = rig.payment({ charged: { amount: Math.max(1, Math.floor(amount / 2)) } })
    const unknown = rig.payment()
    await rig.deliver(underpaid, 'cap')
    await rig.deliver(unknown, 'full', { attempts: 3 })
    const mismatch = await unrecorded(rig, underpaid, 'a payment of another amount than the price left no record')
    if (mismatch) return mismatch
    const isRetried = policy.retryUntilKnown || policy.unknownPayment === 'retry'
    const refund = isRetried
      ? undefined
      : await unrecorded(rig, unknown, 'a refund of an unknown payment left no record')
    return refund ?? green('refused webhooks, misfits and unknown payments are on record')
  },
})

async function forged(rig: Rig, signing: 'other-secret' | 'none'): Promise<Outcome | undefined> {
  const buyer = rig.payment()
  const before = (await rig.observe(buyer)).rejections
  if (!before) return unmeasured('observe.rejections could not be read')
  const known = new Set(before.map(textOf))
  const { last } = await rig.deliver(buyer, 'cap', {
    attempts: 1,
    signing,
    change: (event) => ({ ...event, padding: marker }),
  })
  const { reached, observation } = await rig.observer.settle(buyer, {
    want: ({ rejections = [] }) => rejections.some((record) => !known.has(textOf(record))),
  })
  const fresh = (observation.rejections ?? []).filter((record) => !known.has(textOf(record)))
  if (fresh.some((record) => textOf(record).includes(marker)))
    return red('the payload of a forged webhook was put on record', {
      want: 'that, when and why it was refused',
      got: 'the whole payload',
      harm: 'anybody can write into the audit log',
    })
  if (reached || last.outcome === 'ok') return undefined
  if (before.length >= pageSize) return unmeasured('the list of rejections does not grow; it may be cut')
  return red(
    `a webhook ${signing === 'none' ? 'without signature' : 'with a wrong signature'} was refused without a record`,
    {
      want: 'a record of the rejection',
      got: 'none',
      harm: 'attacks, and a wrong secret, go unnoticed',
    },
  )
}

async function unrecorded(rig: Rig, buyer: Buyer, reason: string): Promise<Outcome | undefined> {
  const about = (record: AuditRecord): boolean => textOf(record).includes(buyer.payment)
  const { reached, observation } = await rig.observer.settle(buyer, {
    want: ({ audit = [], rejections = [] }) => audit.length > 0 || rejections.some(about),
  })
  if (reached || observation.audit === undefined) return undefined
  return red(reason, { want: 'an audit record of the payment', got: 'none', harm: 'the money cannot be accounted for' })
}

const textOf = ({ raw }: AuditRecord): string => JSON.stringify(raw) ?? ''
