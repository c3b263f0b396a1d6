import { AccountStore } from '../store/account.ts'
import { Schedule } from '../store/schedule.ts'
import type { AccountView } from './define.ts'
import { createRandom, type Random } from './random.ts'

export interface Job {
  object: string
  job: string
  id: string
}

/** One account with everything in it. */
export interface Account extends AccountView {
  readonly store: AccountStore
  readonly random: Random
  /** Jobs by clock: `''` is the account's own, others are test clocks. */
  readonly schedules: Map<string, Schedule<Job>>
}

export interface AccountsOptions {
  seed?: string | number
  indexesOf(object: string): Iterable<string>
}

/** All accounts of a server. They come into being when they are first used. */
export class Accounts {
  private readonly accounts = new Map<string, Account>()
  private readonly options: AccountsOptions

  constructor(options: AccountsOptions) {
    this.options = options
  }

  get size(): number {
    return this.accounts.size
  }

  /** `platform` is given for connected accounts. */
  open(id: string, platform?: string): Account {
    const known = this.accounts.get(id)
    if (known) return known
    const { seed, indexesOf } = this.options
    const store = new AccountStore(indexesOf)
    const account: Account = {
      id,
      ...(platform !== undefined && { platform }),
      store,
      memory: store.memory,
      random: createRandom(seed === undefined ? undefined : `${seed}:${id}`),
      schedules: new Map(),
    }
    this.accounts.set(id, account)
    return account
  }

  find(id: string): Account | undefined {
    return this.accounts.get(id)
  }

  /** Forgets an account and the ones connected to it. Under a seed its ids start over. Returns the ids that are gone. */
  reset(id: string): string[] {
    const gone = [...this.accounts.values()].filter((account) => account.id === id || account.platform === id)
    for (const account of gone) this.accounts.delete(account.id)
    return gone.map((account) => account.id)
  }

  all(): Iterable<Account> {
    return this.accounts.values()
  }
}

/** The schedule of a clock, made when it is first asked for. */
export function scheduleOf(account: Account, clock: string): Schedule<Job> {
  const known = account.schedules.get(clock)
  if (known) return known
  const schedule = new Schedule<Job>()
  account.schedules.set(clock, schedule)
  return schedule
}
