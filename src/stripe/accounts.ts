import type { Clock } from '../kernel/clock.ts'
import { AccountStore, type OnChange } from '../store/account.ts'
import { Schedule } from '../store/schedule.ts'
import { type AccountClock, createAccountClock } from './account-clock.ts'
import type { AccountView } from './define.ts'
import { FaultRules } from './faults/rules.ts'
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
  /** Of its platform for a connected account. */
  readonly clock: AccountClock
  /** What a test scripted to go wrong; a connected account's requests meet its platform's. */
  readonly faults: FaultRules
  /** Jobs by clock: `''` is the account's own, others are test clocks. */
  readonly schedules: Map<string, Schedule<Job>>
  /** A schedule of that clock that tells of its changes. */
  newSchedule(clock: string): Schedule<Job>
}

export interface AccountsOptions {
  seed?: string | number
  clock: Clock
  indexesOf(object: string): Iterable<string>
  /** Told what changes in an account, once it has come into being. */
  onChange?(account: Account, section: string, key: string): void
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
    const { seed, clock, indexesOf, onChange } = this.options
    const changed: OnChange | undefined = onChange && ((section, key) => onChange(account, section, key))
    const store = new AccountStore(indexesOf, changed)
    const account: Account = {
      id,
      ...(platform !== undefined && { platform }),
      store,
      memory: store.memory,
      random: createRandom(seed === undefined ? undefined : `${seed}:${id}`),
      clock:
        platform === undefined || platform === id
          ? createAccountClock(clock, changed && (() => changed('state', 'clock')))
          : this.open(platform).clock,
      faults: new FaultRules(),
      schedules: new Map(),
      newSchedule: (clock) => new Schedule(changed && ((key) => changed(`s/${clock}`, key))),
    }
    this.accounts.set(id, account)
    return account
  }

  find(id: string): Account | undefined {
    return this.accounts.get(id)
  }

  /** The accounts connected to one. */
  connectedTo(id: string): Account[] {
    return [...this.accounts.values()].filter(({ platform }) => platform === id)
  }

  /** Forgets an account and the ones connected to it. Under a seed its ids start over. Returns the ids that are gone. */
  reset(id: string): string[] {
    const gone = [...this.accounts.values()].filter((account) => account.id === id || account.platform === id)
    for (const account of gone) {
      account.faults.clear()
      this.accounts.delete(account.id)
    }
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
  const schedule = account.newSchedule(clock)
  account.schedules.set(clock, schedule)
  return schedule
}
