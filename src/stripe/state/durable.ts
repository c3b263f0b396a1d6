import { type Fsync, Ledger } from '../../store/ledger/ledger.ts'
import type { Accounts } from '../accounts.ts'
import { applyBatch, type Batch, type ChangeList, changesOf } from './changes.ts'
import { valuesOf } from './document.ts'

export interface DataOptions {
  /** Folder of the log and its snapshots. */
  dir: string
  /** `always` by default. */
  fsync?: Fsync
  compactAfterBytes?: number
}

/** How many values a part of a snapshot holds: a part is made in about a millisecond. */
const partSize = 200

/**
 * Keeps the accounts in a folder. A request's changes happen in one go, and what is written is what changed between two goes: a frame
 * never holds half a request.
 */
export async function openDurable(
  { dir, fsync, compactAfterBytes }: DataOptions,
  accounts: Accounts,
  changes: ChangeList,
  onProblem: (error: unknown) => void,
): Promise<Ledger> {
  const ledger = await Ledger.open({
    dir,
    ...(fsync && { fsync }),
    ...(compactAfterBytes !== undefined && { compactAfterBytes }),
    take: () => (changes.isEmpty ? undefined : JSON.stringify(changes.take())),
    snapshot: () => partsOf(accounts),
    apply: (payload) => applyBatch(accounts, JSON.parse(payload) as Batch),
    onProblem,
  })
  changes.onFirst = () => ledger.touch()
  changes.start()
  return ledger
}

function* partsOf(accounts: Accounts): Generator<string> {
  for (const account of accounts.all()) {
    let values: [string, string, unknown][] = []
    for (const value of valuesOf(account)) {
      if (values.push(value) < partSize) continue
      yield JSON.stringify({ changed: [changesOf(account, values)] } satisfies Batch)
      values = []
    }
    yield JSON.stringify({ changed: [changesOf(account, values)] } satisfies Batch)
  }
}
