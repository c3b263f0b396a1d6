import { z } from 'zod'
import type { Account, Accounts } from '../accounts.ts'
import { type AccountChanges, applyBatch, changesOf } from './changes.ts'
import { sectionOf, sectionsOf } from './sections.ts'

const entry = z.tuple([z.string(), z.string(), z.json()])

/** One account, with those connected to it, as a JSON document. */
export const snapshotDocument = z.strictObject({
  gatekit: z.literal('stripe-account/1'),
  /** API version it was taken under. */
  api: z.string(),
  accounts: z
    .array(z.strictObject({ account: z.string(), platform: z.string().optional(), values: z.array(entry) }))
    .min(1),
})

export type SnapshotDocument = z.infer<typeof snapshotDocument>

/** The state of an account now. Journal, faults and held webhooks are not part of it. */
export function snapshotOf(accounts: Accounts, account: Account, api: string): SnapshotDocument {
  const all = [account, ...accounts.connectedTo(account.id)]
  const described = all.map((each) => changesOf(each, [...valuesOf(each)]))
  return structuredClone({ gatekit: 'stripe-account/1', api, accounts: described }) as SnapshotDocument
}

/** Everything of an account, part by part. */
export function* valuesOf(account: Account): Generator<[section: string, key: string, value: unknown]> {
  for (const name of sectionsOf(account)) {
    const section = sectionOf(account, name)
    for (const key of section?.keys() ?? []) {
      const value = section?.read(key)
      if (value !== undefined) yield [name, key, value]
    }
  }
}

/**
 * Puts an account where a document says, whichever account it was taken from. The account must be empty. In another account the ids to
 * come are its own, not the original's once more.
 */
export function restoreAccount(accounts: Accounts, id: string, { accounts: saved }: SnapshotDocument): void {
  const original = saved[0]?.account
  const changed = structuredClone(saved).map(({ account, platform, values }, at): AccountChanges => {
    const owner = platform === original ? id : platform
    return {
      account: at === 0 ? id : account,
      ...(owner !== undefined && { platform: owner }),
      values: values.filter(([section, key]) => original === id || section !== 'state' || key !== 'random'),
    }
  })
  applyBatch(accounts, { changed })
}
