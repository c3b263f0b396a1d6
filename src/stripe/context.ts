import type { Account } from './accounts.ts'
import { scheduleOf } from './accounts.ts'
import type { Context, RequestView, Tables } from './define.ts'
import { EventQueue } from './event-queue.ts'
import { newId } from './ids.ts'
import { runDue } from './jobs.ts'
import { TableView } from './table-view.ts'
import type { EngineWorld } from './world.ts'

/** One request's, or one job's, view of an account. */
export class RequestContext implements Context {
  readonly account: Account
  readonly request: RequestView
  readonly now: number
  readonly events: EventQueue
  /** What a handler gets besides; known from the start, so that all contexts have one shape. */
  params: unknown = undefined
  path: unknown = undefined
  id: unknown = undefined
  object: unknown = undefined
  save: unknown = undefined
  private readonly world: EngineWorld
  /** Itself: contexts that are made from this one, for a test clock say, share what it keeps. */
  private readonly base: RequestContext
  private views: Tables | undefined = undefined
  private others: Map<string, RequestContext> | undefined = undefined

  constructor(world: EngineWorld, account: Account, request: RequestView, now: number) {
    this.world = world
    this.account = account
    this.request = request
    this.now = now
    this.base = this
    this.events = new EventQueue(world, this)
  }

  get tables(): Tables {
    const { base } = this
    base.views ??= new Proxy(
      {},
      { get: (views: Record<string, TableView>, object) => base.view(views, object) },
    ) as unknown as Tables
    return base.views
  }

  newId(object: string): string {
    return newId(object, this.account.random)
  }

  newSecret(length: number): string {
    return this.account.random.text(length)
  }

  url(path: string): string {
    return this.world.publicUrl() + path
  }

  /** Of this object wherever it is called: callers take it out. */
  emit = (type: string, object: string | object, previous?: Record<string, unknown>): void => {
    this.events.add(type, object, previous)
  }

  emitNow(type: string, object: string | object): object {
    return this.events.make(type, object)
  }

  resend(event: string, endpoint?: string): boolean {
    return this.world.onResend(this.account, event, endpoint)
  }

  schedule(object: string, job: string, id: string, at: number, testClock?: string | null): void {
    this.unschedule(object, job, id)
    scheduleOf(this.account, testClock ?? '').set(`${object} ${job} ${id}`, at, { object, job, id })
  }

  unschedule(object: string, job: string, id: string): void {
    for (const schedule of this.account.schedules.values()) schedule.delete(`${object} ${job} ${id}`)
  }

  advance(testClock: string, until: number): void {
    runDue(this.world, this.account, testClock, until)
  }

  on(id: string): Context {
    if (id === this.account.id) return this
    this.base.others ??= new Map()
    const { others } = this.base
    const known = others.get(id)
    if (known) return known
    const account = this.world.accounts.open(id, this.account.platform ?? this.account.id)
    const other = new RequestContext(this.world, account, this.request, this.base.now)
    others.set(id, other)
    return other
  }

  /** Makes the events that were emitted, here and under other accounts. */
  finish(): void {
    this.events.flush()
    if (this.others) for (const other of this.others.values()) other.finish()
  }

  private view(views: Record<string, TableView>, object: string | symbol): TableView | undefined {
    if (typeof object !== 'string') return undefined
    const known = views[object]
    if (known) return known
    const view = new TableView(object, this.account.store.table(object), this.world.registry.schema, this)
    views[object] = view
    return view
  }
}
