import type { Contract } from '../contract/schema.ts'
import { placeholdersOf } from '../contract/template.ts'
import { absentFrom, type ProbeDefinition } from '../probes/define.ts'

type Named = Pick<ProbeDefinition, 'id' | 'title'>

export interface ContractLint {
  /** Probes that this contract makes measurable. */
  measurable: Named[]
  /** What the contract lacks, the entry that unlocks most first. */
  missing: { entry: string; unlocks: Named[] }[]
  /** What a backend may have besides, and what could be measured then. */
  optional: { entry: string; unlocks: Named[] }[]
  /** Declared as not applying. */
  skipped: { id: string; reason: string }[]
  /** What the contract says that will hardly be what was meant. */
  doubts: string[]
}

/** What a contract makes measurable, and what each further entry would unlock. Contacts nothing. */
export function lintContract(contract: Contract, probes: readonly ProbeDefinition[]): ContractLint {
  const applying = probes.filter(({ id }) => !Object.hasOwn(contract.skip, id))
  const named = ({ id, title }: ProbeDefinition): Named => ({ id, title })
  const missing = new Map<string, Named[]>()
  const optional = new Map<string, Named[]>()
  const measurable: Named[] = []
  const ordered = [...applying].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
  for (const probe of ordered) {
    const absent = absentFrom(probe, contract)
    const entry = probe.needs(contract)
    if (absent !== undefined) optional.set(absent, [...(optional.get(absent) ?? []), named(probe)])
    else if (entry === undefined) measurable.push(named(probe))
    else missing.set(entry, [...(missing.get(entry) ?? []), named(probe)])
  }
  return {
    measurable,
    missing: mostFirst(missing),
    optional: mostFirst(optional),
    skipped: Object.entries(contract.skip).map(([id, reason]) => ({ id, reason })),
    doubts: doubtsOf(contract),
  }
}

const mostFirst = (entries: ReadonlyMap<string, Named[]>): { entry: string; unlocks: Named[] }[] =>
  [...entries]
    .map(([entry, unlocks]) => ({ entry, unlocks }))
    .sort((a, b) => b.unlocks.length - a.unlocks.length || (a.entry < b.entry ? -1 : 1))

function doubtsOf({ target, control, facts, observe, providers, policy }: Contract): string[] {
  const { grants } = observe
  const asks = grants?.source.kind === 'http' ? placeholdersOf(grants.source.path) : []
  const told = Object.values(facts.metadata).flatMap(placeholdersOf)
  const isNarrow = asks.includes('payment') || (grants?.where && Object.keys(grants.where).length > 0)
  const isOverHttp = grants?.source.kind === 'http'
  const rows: [isDoubtful: boolean, doubt: string][] = [
    [
      target.start === undefined,
      'without target.start the secrets must be in the environment, and nothing can be restarted',
    ],
    [target.start === undefined && control.restart, 'control.restart needs target.start'],
    [
      target.start !== undefined && !control.restart,
      'control.restart: true would let crashes be tried; target.start is there',
    ],
    [
      target.start === undefined && providers.paypal !== undefined,
      'without target.start the backend asks PayPal whether an event is genuine, and not the gate: nothing of PayPal is judged',
    ],
    [target.ready === undefined, 'without target.ready an open port counts as ready'],
    [facts.sells && grants === undefined, 'without observe.grants nobody sees whether goods were delivered'],
    [
      asks.includes('user') && !told.includes('user'),
      'observe.grants asks for {user}, but facts.metadata does not tell the backend who that is',
    ],
    [
      isOverHttp && !isNarrow,
      'observe.grants counts all grants of a user: where: { payment_id: "{payment}" } would tell payments apart',
    ],
    [
      grants !== undefined && grants.active === undefined && grants.count === undefined,
      'observe.grants has no active: revoked grants count as active as long as they are listed',
    ],
    [
      observe.audit !== undefined && observe.audit.effects === undefined,
      'observe.audit.effects would tell records of effects from records of deliveries',
    ],
    [
      providers.stripe?.apiBaseEnv === undefined && facts.purchase.request !== undefined,
      'without providers.stripe.api_base_env a checkout would reach the real provider',
    ],
    [
      facts.sells && policy.partialRefund === undefined,
      'policy.partial_refund is not declared, so partial refunds are not judged',
    ],
    [
      facts.sells && policy.disputeOpen === undefined,
      'policy.dispute_open is not declared, so disputes are not judged',
    ],
  ]
  return rows.filter(([isDoubtful]) => isDoubtful).map(([, doubt]) => doubt)
}

/** As lines of plain text. */
export function renderLint({ measurable, missing, optional, skipped, doubts }: ContractLint): string[] {
  const ids = (list: readonly Named[]) => list.map(({ id }) => id).join(' ')
  const open = missing.reduce((sum, { unlocks }) => sum + unlocks.length, 0)
  const rows = [...missing, ...optional]
  const width = Math.max(0, ...rows.map(({ entry }) => entry.length))
  const line = ({ entry, unlocks }: (typeof rows)[number]) =>
    `  ${entry.padEnd(width)}  ${unlocks.length}: ${ids(unlocks)}`
  return [
    `${measurable.length} probes can be measured: ${ids(measurable)}`,
    ...(skipped.length > 0 ? ['', 'declared as not applying:'] : []),
    ...skipped.map(({ id, reason }) => `  ${id}  ${reason}`),
    ...(open > 0 ? ['', `${open} more would be unlocked by:`] : ['', 'nothing is missing']),
    ...missing.map(line),
    ...(optional.length > 0 ? ['', 'where the backend has it, it can be declared and looked at:'] : []),
    ...optional.map(line),
    ...(doubts.length > 0 ? ['', 'look again:'] : []),
    ...doubts.map((doubt) => `  ${doubt}`),
  ]
}
