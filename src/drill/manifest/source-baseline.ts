import { openSource, type Reach } from '../identity/source.ts'
import type { Baseline } from '../proof/request.ts'
import { readSnapshot } from './snapshot.ts'

/** The live source as something to compare with: read-only, in one snapshot, rows counted and not hashed. */
export async function sourceBaseline(url: string, reach: Reach): Promise<Baseline> {
  const source = await openSource(url, reach)
  try {
    await source.exec('set statement_timeout = 0; begin isolation level repeatable read read only')
    const { inventory, tables } = await readSnapshot(source, { hash: false, signal: reach.signal })
    await source.exec('rollback')
    return { kind: 'source', label: 'the live source', inventory, tables, binding: true }
  } finally {
    await source.close()
  }
}
