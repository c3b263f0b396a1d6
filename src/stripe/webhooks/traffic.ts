/** How an account's webhooks travel, as a test asked for it. */
export interface TrafficRules {
  /** Keeps events back until they are released: all of them, or those of these types. */
  hold: boolean | readonly string[]
  /** How often each event is sent to each endpoint. */
  copies: number
  /** How long each waits on the account's clock before it is sent. */
  delayMs: number
}

/** `created`: as they happened; `reversed`: the newest first; or the ids of events, of which only these go, in this order. */
export type ReleaseOrder = 'created' | 'reversed' | readonly string[]

export interface Held {
  event: string
  type: string
}

interface Kept extends Held {
  send: () => void
}

const plain: TrafficRules = { hold: false, copies: 1, delayMs: 0 }

/** The rules of every account and the events that are held back by them. */
export class Traffic {
  private readonly rules = new Map<string, TrafficRules>()
  private readonly waiting = new Map<string, Kept[]>()

  rulesOf(account: string): TrafficRules {
    return this.rules.get(account) ?? plain
  }

  /** Replaces what is given. What is held stays held until it is released. */
  set(account: string, rules: Partial<TrafficRules>): void {
    this.rules.set(account, { ...this.rulesOf(account), ...rules })
  }

  /** Lets `send` happen now, or when the event is released. */
  pass(account: string, event: string, type: string, send: () => void): void {
    const { hold } = this.rulesOf(account)
    const isHeld = typeof hold === 'boolean' ? hold : hold.includes(type)
    if (!isHeld) {
      send()
      return
    }
    const list = this.waiting.get(account) ?? []
    list.push({ event, type, send })
    this.waiting.set(account, list)
  }

  held(account: string): Held[] {
    return (this.waiting.get(account) ?? []).map(({ event, type }) => ({ event, type }))
  }

  /** Sends what is held, in that order, and returns the ids of the events in the order they went. */
  release(account: string, order: ReleaseOrder = 'created'): string[] {
    const all = this.waiting.get(account) ?? []
    const chosen = choose(all, order)
    this.waiting.set(
      account,
      all.filter((kept) => !chosen.includes(kept)),
    )
    for (const { send } of chosen) send()
    return chosen.map(({ event }) => event)
  }

  forget(account: string): void {
    this.rules.delete(account)
    this.waiting.delete(account)
  }
}

function choose(all: readonly Kept[], order: ReleaseOrder): Kept[] {
  if (order === 'created') return [...all]
  if (order === 'reversed') return [...all].reverse()
  return order.flatMap((id) => all.filter(({ event }) => event === id))
}
