/**
 * Several at work on one backend, and one who must be alone for a while: what is missing while many are at work may only be late because of
 * them.
 */
export class Company {
  #working = 0
  #waiting: (() => void)[] = []
  #alone: Promise<unknown> = Promise.resolve()
  #wishes = 0

  /** Begins only when nobody is alone or wants to be. */
  async work<Result>(task: () => Promise<Result>): Promise<Result> {
    while (this.#wishes > 0) await this.#alone
    this.#working++
    try {
      return await task()
    } finally {
      this.#rest()
    }
  }

  /** From within a task: when all others have ended or wait for the same, one after the other. */
  async alone<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#wishes++
    const turn = this.#alone
    const mine = (async () => {
      this.#rest()
      await turn.catch(() => {})
      while (this.#working > 0) await new Promise<void>((done) => this.#waiting.push(done))
      return task()
    })()
    this.#alone = mine.catch(() => {})
    try {
      return await mine
    } finally {
      this.#wishes--
      this.#working++
    }
  }

  #rest(): void {
    this.#working--
    for (const done of this.#waiting.splice(0)) done()
  }
}
