import { areInConflict, areInOrder, type Claim } from './claims.ts'

interface Step<Session> {
  claim: Claim
  /** Waits until nothing else can run. */
  isLate: boolean
  work(session: Session): Promise<void>
}

/** Steps that may wait at once: a backup of many tables is not held in memory as a whole. */
const mostWaiting = 500

/**
 * Runs steps beside each other on several sessions: each as soon as a session is free and no step before it is in conflict with it.
 * A step tells its own failures; what it throws ends all of them.
 */
export class Lanes<Session> {
  readonly #idle: Session[]
  #waiting: Step<Session>[] = []
  readonly #running = new Set<Step<Session>>()
  #failure: { error: unknown } | undefined
  #wake: (() => void)[] = []
  #isDraining = false

  constructor(sessions: readonly Session[]) {
    this.#idle = [...sessions]
  }

  /** Resolves when the step has its place among those that wait. */
  async add(claim: Claim, work: Step<Session>['work']): Promise<void> {
    this.#enter({ claim, work, isLate: false })
    await this.#until(() => this.#waiting.length < mostWaiting)
  }

  /** A step that nobody waits for: its turn comes when nothing else can run. */
  late(claim: Claim, work: Step<Session>['work']): void {
    this.#enter({ claim, work, isLate: true })
  }

  /** Resolves when nothing runs, and only late steps wait; rejects with what a step threw. */
  async drain(): Promise<void> {
    this.#isDraining = true
    await this.#until(() => this.#running.size === 0 && this.#waiting.every(({ isLate }) => isLate))
    this.#isDraining = false
    this.#start()
  }

  /** Resolves when all but the late steps have ended, which go on meanwhile. */
  async last(): Promise<void> {
    await this.#until(() => [...this.#waiting, ...this.#running].every(({ isLate }) => isLate))
  }

  /** Resolves when the late ones have ended as well. */
  async finish(): Promise<void> {
    await this.#until(() => this.#waiting.length === 0 && this.#running.size === 0)
  }

  /** Forgets what waits, and waits for what runs: the sessions are not used any more. */
  async abandon(): Promise<void> {
    this.#waiting = []
    this.#failure = undefined
    await this.#until(() => this.#running.size === 0).catch(() => {})
  }

  #enter(step: Step<Session>): void {
    this.#waiting.push(step)
    this.#start()
  }

  #start(): void {
    while (!this.#failure && this.#idle.length > 0) {
      const next = this.#next(false) ?? (this.#isDraining ? undefined : this.#next(true))
      const session = next && this.#idle.pop()
      if (!next || session === undefined) return
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.#running.add(next)
      void this.#run(next, session)
    }
  }

  /** The first that is in conflict neither with what runs nor with what waits before it. */
  #next(isLate: boolean): Step<Session> | undefined {
    const running = [...this.#running]
    // A late one must not be in the way of any other.
    const before = isLate ? this.#waiting.filter((each) => !each.isLate) : []
    for (const step of this.#waiting) {
      if (step.isLate !== isLate) continue
      const isInTheWay = isLate ? areInConflict : areInOrder
      const waits =
        running.some(({ claim }) => areInConflict(claim, step.claim)) ||
        before.some(({ claim }) => isInTheWay(claim, step.claim))
      if (!waits) return step
      if (!isLate) before.push(step)
    }
    return undefined
  }

  async #run(step: Step<Session>, session: Session): Promise<void> {
    try {
      await step.work(session)
    } catch (error) {
      this.#failure ??= { error }
    }
    this.#running.delete(step)
    this.#idle.push(session)
    this.#start()
    for (const wake of this.#wake.splice(0)) wake()
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!this.#failure && !isTrue()) await new Promise<void>((done) => this.#wake.push(done))
    if (this.#failure) throw this.#failure.error
  }
}
