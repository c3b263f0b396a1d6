import { brokenChain } from '../audit/chain.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, red, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const methods = ['PUT', 'PATCH', 'DELETE'] as const

/** What can be changed later proves nothing. */
export const g9 = defineProbe({
  id: 'G9',
  title: 'audit records can be changed',
  rule: 'An audit record stays as it was written: no request changes or removes it, nor does what happens later, and its hash says so.',
  source: [{ text: 'PCI DSS 4.0, 10.3: audit logs are protected from modification' }, { text: 'mobula #59' }],
  guard:
    'What counts is the record. A 2xx that changed nothing is YELLOW; later records are free. Hashes only where the contract says how they are made.',
  example: 'DELETE /audit/17 answered 204, and the record is gone.',
  company: 'alone',
  needs: ({ observe }) => (observe.audit ? undefined : 'observe.audit'),
  async run(rig) {
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    await rig.settle(buyer)
    await rig.observer.settle(buyer, { want: ({ audit = [] }) => audit.length > 0 })
    const before = await recordsOf(rig, buyer)
    if (before.length === 0) return unmeasured('there is no audit record to change')
    let accepted: string | undefined
    for (const { method, path, what } of attacksOn(rig, buyer, await idsOf(rig, buyer))) {
      const { outcome, status } = await rig.request({ method, path, headers: headersOf(rig), body: tampered })
      const changed = await changedSince(rig, buyer, before)
      if (changed) return red(`${method} of ${what} changed the audit log`, { ...changed, details: { status } })
      if (outcome === 'ok') accepted ??= `${method} of ${what}`
    }
    await rig.deliver(buyer, 'full')
    await rig.settle(buyer)
    const changed = await changedSince(rig, buyer, before)
    if (changed) return red('a later event changed an earlier audit record', changed)
    const broken = await brokenHashes(rig, buyer)
    if (broken) return broken
    if (accepted) return yellow(`${accepted} was answered 2xx, although nothing changed`)
    return green('audit records stayed as they were written')
  },
})

async function brokenHashes(rig: Rig, buyer: Buyer): Promise<Outcome | undefined> {
  const chain = rig.contract.observe.audit?.chain
  const got = chain && brokenChain((await rig.observe(buyer)).audit ?? [], chain)
  if (got === undefined) return undefined
  return red('the hashes of the audit log do not hold', {
    want: 'the hash that the contract’s observe.audit.chain makes of every record',
    got,
    harm: 'the log can be rewritten without anybody noticing',
  })
}

const tampered = { event: 'tampered', user_id: 'tampered' }

function attacksOn({ contract }: Rig, { user, email, payment }: Buyer, ids: readonly string[]) {
  const source = contract.observe.audit?.source
  if (source?.kind !== 'http') return []
  const fillings: Record<string, string> = { user, email, payment }
  const [path = ''] = source.path.split('?', 1)
  const root = path.replace(/\{(\w+)\}/g, (whole, name: string) => encodeURIComponent(fillings[name] ?? whole))
  const [id] = ids
  const targets = [
    ...(id === undefined ? [] : [{ path: `${root}/${encodeURIComponent(id)}`, what: 'a record' }]),
    { path: root, what: 'the log' },
  ]
  return targets.flatMap((target) => methods.map((method) => ({ method, ...target })))
}

/** What the observer sends: whoever may read is the one to try. */
function headersOf({ contract, supplies }: Rig): Record<string, string> {
  const source = contract.observe.audit?.source
  if (source?.kind !== 'http') return {}
  return Object.fromEntries(
    Object.entries(source.headers).flatMap(([name, value]): [string, string][] => {
      const known = typeof value === 'string' ? value : (process.env[value.env] ?? supplies.env[value.env])
      return known === undefined ? [] : [[name, known]]
    }),
  )
}

const recordsOf = async (rig: Rig, buyer: Buyer): Promise<string[]> =>
  ((await rig.observe(buyer)).audit ?? []).map(({ raw }) => JSON.stringify(raw))

const idsOf = async (rig: Rig, buyer: Buyer): Promise<string[]> =>
  ((await rig.observe(buyer)).audit ?? []).flatMap(({ id }) => (id === undefined || id === '' ? [] : [id]))

/** Which of the records are not there any more as they were. */
async function changedSince(rig: Rig, buyer: Buyer, before: readonly string[]): Promise<Partial<Outcome> | undefined> {
  const { audit } = await rig.observe(buyer)
  if (!audit) return undefined
  const now = new Set(audit.map(({ raw }) => JSON.stringify(raw)))
  const gone = before.filter((record) => !now.has(record)).length
  if (gone === 0) return undefined
  return {
    want: `${before.length} records as they were`,
    got: `${gone} of them changed or gone`,
    harm: 'the log proves nothing',
  }
}
