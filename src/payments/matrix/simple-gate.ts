import { loadContract } from '../contract/load.ts'
import { mailRequest } from '../mailbox/notify.ts'
import type { Rig } from '../rig/define.ts'
import { createRig } from '../rig/rig.ts'
import { openStand } from '../run/open-stand.ts'
import { seededRandom } from '../run/random.ts'

export interface SimpleCheck {
  name: string
  passed: boolean
  seen: string
}

interface SimpleSettings {
  contract: string
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

/**
 * What smoke tests of payment backends commonly look at: that each endpoint answers, and what its answer says of itself. Health, checkout,
 * a webhook, the same webhook again, a refund, a mail.
 */
export async function runSimpleGate({ contract: path, env, signal }: SimpleSettings): Promise<SimpleCheck[]> {
  const contract = await loadContract(path, { cwd: '/', env })
  const { stand, close } = await openStand({ contract, env, smoke: true, signal })
  try {
    const rig = createRig(stand, { probe: 'simple', random: seededRandom('simple') })
    const checks: SimpleCheck[] = []
    for (const [name, check] of Object.entries(simpleChecks)) checks.push({ name, ...(await check(rig)) })
    return checks
  } finally {
    await close()
  }
}

type Answered = { status?: number | undefined; body: string }

const told = ({ status, body }: Answered, passed: boolean) => ({
  passed,
  seen: `${status ?? 'no answer'}${body ? ` ${body.slice(0, 60)}` : ''}`,
})
const isOk = ({ status = 0 }: Answered): boolean => status >= 200 && status < 300

const simpleChecks: Record<string, (rig: Rig) => Promise<Omit<SimpleCheck, 'name'>>> = {
  'health answers 200': async (rig) => {
    const answer = await rig.request({ method: 'GET', path: '/health' })
    return told(answer, answer.status === 200)
  },
  'a checkout answers with an address': async (rig) => {
    const answer = await rig.checkout(rig.payment())
    return told(answer, isOk(answer) && answer.body.includes('"url"'))
  },
  'a captured payment is processed': async (rig) => {
    const { last } = await rig.deliver(rig.payment(), 'cap')
    return told(last, isOk(last))
  },
  'a duplicate is taken gracefully': async (rig) => {
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    const { last } = await rig.deliver(buyer, 'cap')
    return told(last, isOk(last))
  },
  'a refund is processed': async (rig) => {
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    const { last } = await rig.deliver(buyer, 'full')
    return told(last, isOk(last))
  },
  'a mail is sent and says so': async (rig) => {
    const answer = await rig.request(mailRequest(rig))
    return told(answer, isOk(answer) && answer.body.includes('"ok":true'))
  },
}
