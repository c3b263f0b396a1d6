import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createManualClock } from '../../src/kernel/clock.ts'
import type { HttpRequest } from '../../src/stripe/http.ts'
import { answerPage } from '../../src/stripe/pages/route.ts'
import { Registry } from '../../src/stripe/registry.ts'
import { createStripeSandbox, type StripeSandbox } from '../../src/stripe/server.ts'
import { createDice } from './dice.ts'
import { Ids } from './ids.ts'
import { type Attacker, randomRequest } from './requests.ts'

/** `FUZZ_REQUESTS=100000 FUZZ_SEED=7 npm test -- fuzz/requests` for a long run. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 8000)
const seed = Number(process.env.FUZZ_SEED ?? 1)

/** The longest a single request may take, in milliseconds, on a busy machine. */
const longest = 2000

let sandbox: StripeSandbox
let current = ''
/** The first of each kind, by the line that threw. */
const bugs = new Map<string, string>()
const faults: string[] = []
const statuses = new Map<number, number>()

before(async () => {
  sandbox = await createStripeSandbox({
    clock: createManualClock(),
    seed: 'fuzz',
    idempotencyWindowMs: 0,
    pages: answerPage,
    onBug: (error) => note(error),
  })
})

function note(error: unknown): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const place = /at .*/.exec(told)?.[0] ?? told
  if (!bugs.has(place)) bugs.set(place, `${current}: ${told}`)
}

async function send(request: HttpRequest): Promise<{ status: number; text: string }> {
  try {
    const { status, body } = await sandbox.handle(request)
    return { status, text: Buffer.from(body).toString('utf8') }
  } catch (error) {
    note(error)
    return { status: 500, text: '' }
  }
}

/** An account with one of most things; their ids are made known to whoever attacks. */
async function furnish(key: string, ids: Ids): Promise<void> {
  const post = async (url: string, body: string): Promise<string> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' }
    const { status, text } = await send({ method: 'POST', url, headers, body: Buffer.from(body) })
    assert.equal(status, 200, `${url} ${body}: ${text}`)
    ids.learn(text)
    return JSON.parse(text).id
  }
  const recurring = 'currency=usd&unit_amount=900&recurring[interval]=month&product_data[name]=Pro'
  const customer = await post('/v1/customers', 'email=ann@example.com&source=tok_visa')
  const price = await post('/v1/prices', recurring)
  await post('/v1/subscriptions', `customer=${customer}&items[0][price]=${price}`)
  await post(
    '/v1/payment_intents',
    'amount=500&currency=usd&payment_method=pm_card_visa&confirm=true&return_url=https://a.example',
  )
  await post('/v1/setup_intents', 'usage=off_session')
  await post('/v1/accounts', 'type=custom&country=US')
  await post('/v1/test_helpers/test_clocks', 'frozen_time=1767225600')
  await post('/v1/coupons', 'percent_off=10')
  await post('/v1/tax_rates', 'display_name=VAT&percentage=19&inclusive=true')
}

/** The accounts that exist, and everything that they have as text. */
function contents(): Map<string, string> {
  const tablesOf = ({ store }: { store: { all(): Iterable<[string, { all(): Iterable<object> }]> } }) =>
    JSON.stringify(
      [...store.all()].map(([object, table]) => [object, [...table.all()]]).filter(([, all]) => all!.length),
    )
  return new Map([...sandbox.accounts.all()].map((account) => [account.id, tablesOf(account)]))
}

async function attack(attacker: Attacker, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const request = randomRequest(attacker)
    const body = Buffer.from(request.body ?? '').toString('latin1')
    current = `${request.method} ${request.url.slice(0, 300)} ${body.slice(0, 600)}`
    const started = performance.now()
    const { status, text } = await send(request)
    const took = Math.round(performance.now() - started)
    if (took > longest) faults.push(`${took} ms: ${current}`)
    if (status < 200 || status > 499) faults.push(`${status}: ${current}`)
    if (status >= 400 && !isRefusal(text)) faults.push(`no error object in ${text.slice(0, 100)}: ${current}`)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status === 200) attacker.ids.learn(text)
  }
}

/** Stripe's error object, or the one of OAuth (RFC 6749, section 5.2). */
function isRefusal(text: string): boolean {
  try {
    const { error, error_description } = JSON.parse(text)
    return typeof (error.message ?? error_description) === 'string'
  } catch {
    return false
  }
}

/** Bytes in use once everything unreachable is gone. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)

test(`${requests} odd and hostile requests: no 500, none slow, nothing moves in another account, memory comes back`, async (t) => {
  const victim = { account: '', ids: new Ids() }
  await furnish('sk_test_victim', victim.ids)
  const untouched = contents()
  victim.account = [...untouched.keys()][0]!
  const { schema } = sandbox
  const registry = new Registry(schema, {})
  const dice = createDice(seed)
  const rounds = 4
  const used: number[] = []

  for (let round = 0; round < rounds; round++) {
    const ids = new Ids()
    await furnish('sk_test_fuzz', ids)
    await attack({ schema, registry, ids, dice, key: 'sk_test_fuzz', victim }, Math.ceil(requests / rounds))
    for (const { id } of [...sandbox.accounts.all()]) if (!untouched.has(id)) sandbox.accounts.reset(id)
    used.push(heap())
  }

  t.diagnostic(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}; heap in MB: ${used.map(megabytes)}`)
  const grown = megabytes(used.at(-1)! - used[0]!)
  assert.deepEqual([...bugs.values()].slice(0, 20), [])
  assert.deepEqual(faults.slice(0, 20), [])
  assert.ok((statuses.get(200) ?? 0) > requests / 10, 'too few requests got through to be of use')
  assert.deepEqual(contents(), untouched)
  assert.deepEqual(Object.keys(Object.prototype), [])
  assert.ok(grown < 16, `the heap grew by ${grown} MB: ${used.map(megabytes)}`)
})
