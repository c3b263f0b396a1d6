import type { MatrixRow } from './define.ts'

/** Switches of the small backend in Python under which it is as right, by the contract that it has. */
const pythonStyles: Record<string, string> = {
  slow: 'every webhook takes 0.4 seconds',
  'slow-start': 'takes a second and a half longer to start',
  text: 'webhooks and refusals are answered in plain text',
  'other-codes': 'other codes for the same answers',
  'empty-answers': 'webhooks are answered with nothing',
  closing: 'closes every connection',
  chunked: 'answers in chunks',
  talkative: 'writes a long log',
  queue: 'a worker takes events from a durable queue',
  refetch: 'asks the provider for the object as it is now',
  deleting: 'cards that were taken back are deleted',
  'no-shared-port': 'may have to wait for its port after a kill',
}

interface Change {
  id: string
  summary: string
  /** Changes of the contract that go with it. */
  contract?(text: string): string
}

type Mutant = Change & { defect: string | readonly string[] }

type Listed<Entry extends Change> = Record<string, { load(): Promise<Entry> }>

/** The reference backend's lists, which this folder may not know. */
export interface ReferenceChanges {
  variants: Listed<Change & { kind: 'correct' | 'noise' }>
  mutants: Listed<Mutant>
}

/** Everything whose worth is known: the reference backend, its variants and mutants, and backends in other languages. */
export async function matrixRows({ variants, mutants }: ReferenceChanges): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [
    { id: 'reference', kind: 'correct', summary: 'the reference backend itself', named: [], args: [] },
    fixture('node-ledger', 'node backend.mjs', 'a ledger in one file, Node alone, a contract of 15 lines'),
    fixture('python-inbox', 'python3 backend.py', 'an inbox in SQLite, Python alone'),
  ]
  for (const [style, summary] of Object.entries(pythonStyles)) {
    const row = fixture('python-inbox', `python3 variants.py ${style}`, summary)
    rows.push({ ...row, id: `python-${style}`, kind: 'noise' })
  }
  for (const entry of Object.values(variants)) {
    const { id, kind, summary, contract: edit } = await entry.load()
    rows.push({ id, kind, summary, named: [], args: ['--variant', id], edit })
  }
  for (const entry of Object.values(mutants)) rows.push(mutantRow(await entry.load()))
  return rows
}

/** The reference backend with one of its defects. */
export function mutantRow({ id, summary, defect, contract: edit }: Mutant): MatrixRow {
  const named = [defect].flat()
  return { id, kind: 'mutant', summary, named, args: ['--mutant', id], edit, contract: contractOf(named) }
}

/** Defects of usage metering are looked at with its own contract, all others with that of payments. */
export const contractOf = (named: readonly string[]): 'metering' | undefined =>
  named.length > 0 && named.every((id) => id.startsWith('M')) ? 'metering' : undefined

const fixture = (folder: string, start: string, summary: string): MatrixRow => ({
  id: folder,
  kind: 'correct',
  summary,
  named: [],
  args: [],
  fixture: { folder, start },
})
