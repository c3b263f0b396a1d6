import type { Contract } from '../contract/schema.ts'
import type { EventRef, History, Step } from '../history/define.ts'
import { createFreshIds } from '../model/ids.ts'
import { createStory, type Story } from '../rig/buyer.ts'
import type { ProbeReport } from './define.ts'

/**
 * A script in plain Node that plays the history of a finding without gatekit: it signs and sends, and says what to look at. Undefined
 * for what a script of its own cannot do: histories of PayPal, whose signatures need PayPal's key, and those that are no data.
 */
export function renderReproduction(probe: ProbeReport, contract: Contract): string | undefined {
  const { history, id, reason, want, got } = probe
  const { stripe } = contract.providers
  if (!history || !stripe || Object.values(history.subjects).some(({ provider }) => provider !== 'stripe'))
    return undefined
  const stories = storiesOf(history, contract)
  const known = [...stories.values()].flatMap(({ user, ids }) => [user, ...new Set(Object.values(ids))])
  const events = eventsOf(history, stories)
  return `${[
    `// ${id}: ${reason}.`,
    `// want: ${want ?? ''}`,
    `// got:  ${got ?? ''}`,
    `// Run: ${stripe.secretEnv}=whsec_... node ${id}.repro.mjs [base URL]`,
    "import { createHmac, randomBytes } from 'node:crypto'",
    '',
    `const base = process.argv[2] ?? ${JSON.stringify(contract.target.baseUrl)}`,
    `const secret = process.env.${stripe.secretEnv}`,
    `if (!secret) throw new Error('set ${stripe.secretEnv} to the signing secret of the backend')`,
    '',
    '// Fresh ids in every run: a backend keeps what it has seen.',
    `const known = ${JSON.stringify(known)}`,
    'const fresh = new Map(known.map((id) => [id, id.slice(0, -10) + randomBytes(5).toString("hex")]))',
    'const suffix = randomBytes(4).toString("hex")',
    'const renew = (text) => known.reduce((all, id) => all.replaceAll(id, fresh.get(id)), text).replaceAll("evt_repro", `evt_${suffix}`)',
    '',
    `const events = ${JSON.stringify(events, null, 2)}`,
    '',
    'async function send(name, how = {}) {',
    '  const body = renew(JSON.stringify(events[name]))',
    '  const time = Math.floor(Date.now() / 1000) - (how.age ?? 0)',
    '  const digest = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")',
    '  const headers = { "content-type": "application/json" }',
    '  if (how.signature !== null) headers["stripe-signature"] = how.signature ?? `t=${time},v1=${digest}`',
    `  const answer = await fetch(base + ${JSON.stringify(stripe.webhook)}, { method: 'POST', headers, body }).catch((error) => ({ status: error.message }))`,
    '  console.log(`-> ${events[name].type} ${name}  <- ${answer.status}`)',
    '}',
    'const wait = (ms) => new Promise((done) => setTimeout(done, ms))',
    '',
    ...history.steps.flatMap(lineOf),
    `await wait(${contract.policy.settleMs})`,
    ...looks(contract, stories),
  ].join('\n')}\n`
}

function storiesOf({ subjects }: History, contract: Contract): Map<string, Story> {
  const fresh = createFreshIds('reproduction')
  const policy = { mode: contract.providers.stripe?.mode }
  const entries = Object.entries(subjects).map(([name, spec]) => {
    const story = createStory({ contract, policy, fresh, name, spec, began: 1_700_000_000 })
    return [name, story] as const
  })
  return new Map(entries)
}

const nameOf = ({ subject, event, copy = 1 }: EventRef): string => `${subject}_${event}${copy > 1 ? `_${copy}` : ''}`

function eventsOf({ steps }: History, stories: Map<string, Story>): Record<string, unknown> {
  const refs = steps.flatMap((step) => (step.do === 'deliver' ? [step] : step.do === 'burst' ? step.events : []))
  const bodies = refs.map((ref) => {
    const event = stories.get(ref.subject)?.event(ref.event, ref.copy ?? 1)
    return [nameOf(ref), { ...event?.body, id: `evt_repro_${nameOf(ref)}` }] as const
  })
  return Object.fromEntries(bodies)
}

const signatures: Record<string, string> = {
  none: '{ signature: null }',
  zeros: '{ signature: `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}` }',
  garbage: '{ signature: "whatever" }',
  'empty-header': '{ signature: "" }',
  old: '{ age: 600 }',
}

function lineOf(step: Step): string[] {
  if (step.do === 'settle') return ['await wait(1000)']
  if (step.do === 'kill' || step.do === 'restart') return pauseFor('kill -9 the backend and start it again')
  if (step.do === 'burst') {
    const sends = step.events.map((event) => `send(${JSON.stringify(nameOf(event))})`)
    const together = `await Promise.all([${sends.join(', ')}])`
    if (step.killAfterMs !== undefined) return [together, ...pauseFor('kill -9 the backend at once and start it again')]
    if (step.killDuringMs !== undefined)
      return [`// kill -9 the backend ${step.killDuringMs} ms after the requests, start it again`, together, together]
    return ['// A race: it may take several runs.', together]
  }
  const how = step.signing === undefined || step.signing === 'genuine' ? undefined : signatures[step.signing]
  const send = `await send(${JSON.stringify(nameOf(step))}${how ? `, ${how}` : ''})`
  const note = step.signing !== undefined && step.signing !== 'genuine' && !how ? [`// signed: ${step.signing}`] : []
  if (step.fault) return [...pauseFor(`${step.fault}: break it now`), send, ...pauseFor('mend it now'), send]
  if (step.killAfterMs !== undefined) return [send, ...pauseFor('kill -9 the backend at once and start it again')]
  if (step.killDuringMs !== undefined)
    return [`// kill -9 the backend ${step.killDuringMs} ms after the request, start it again`, send, send]
  return [...note, send]
}

const pauseFor = (text: string): string[] => [
  `console.log(${JSON.stringify(`(${text}; five seconds)`)})`,
  'await wait(5000)',
]

/** How to see the end with the contract's own observer, where that is a plain GET. */
function looks({ observe }: Contract, stories: Map<string, Story>): string[] {
  const source = observe.grants?.source
  if (source?.kind !== 'http') return ['console.log("now look at what the buyer owns")']
  return [...stories.values()].flatMap(({ user, email, payment }) => {
    const path = source.path.replaceAll('{user}', user).replaceAll('{email}', email).replaceAll('{payment}', payment)
    return [`console.log(await (await fetch(base + renew(${JSON.stringify(path)}))).text())`]
  })
}
