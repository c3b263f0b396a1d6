import type { RequestContext } from './context.ts'
import { newId } from './ids.ts'
import { isThin } from './webhooks/thin.ts'
import type { EngineWorld, StripeEvent } from './world.ts'

interface Pending {
  type: string
  /** An id to look up when the request ends, or the object itself. */
  object: string | object
  previous?: Record<string, unknown>
}

/** What happened during a request; becomes events when it ends, in order. */
export class EventQueue {
  private readonly pending: Pending[] = []
  private readonly world: EngineWorld
  private readonly context: RequestContext

  constructor(world: EngineWorld, context: RequestContext) {
    this.world = world
    this.context = context
  }

  add(type: string, object: string | object, previous?: Record<string, unknown>): void {
    if (!this.world.registry.isEventType(type)) throw new Error(`Stripe has no event ${type}`)
    this.pending.push({ type, object, ...(previous && { previous }) })
  }

  /** Puts an event before all others: an object is created before anything happens to it. */
  addFirst(type: string, object: string | object): void {
    this.pending.unshift({ type, object })
  }

  has(type: string, id: string): boolean {
    return this.pending.some((event) => event.type === type && idOf(event.object) === id)
  }

  make(type: string, object: string | object): StripeEvent {
    return this.store({ type, object })
  }

  flush(): void {
    if (this.pending.length > 0) for (const pending of this.pending.splice(0)) this.store(pending)
  }

  private store(pending: Pending): StripeEvent {
    const { account } = this.context
    const event = isThin(pending.type) ? this.thinEvent(pending) : this.event(pending)
    const table = account.store.table(event.object)
    table.add(event)
    const count = this.world.onEvent(account, event)
    if (count > 0 && 'pending_webhooks' in event) table.put({ ...event, pending_webhooks: count })
    return event
  }

  private event({ type, object, previous }: Pending): StripeEvent {
    const { account, request, now } = this.context
    const id = newId('event', account.random)
    const found = this.resolve(type, object)
    const event: StripeEvent = {
      id,
      object: 'event',
      api_version: this.world.registry.schema.catalogue.api,
      created: now,
      data: previous ? { object: found, previous_attributes: previous } : { object: found },
      livemode: false,
      pending_webhooks: 0,
      request: { id: request.id, idempotency_key: request.idempotencyKey },
      type,
    }
    if (account.platform === undefined) return event
    const { id: _, object: kind, ...rest } = event
    return { id, object: kind, account: account.id, ...rest }
  }

  private thinEvent({ type, object }: Pending): StripeEvent {
    const { account, now } = this.context
    const id = idOf(object)
    const kind = typeof object === 'object' ? (object as { object?: string }).object : ''
    return {
      id: newId('v2.core.event', account.random),
      object: 'v2.core.event',
      ...(account.platform !== undefined && { context: account.id }),
      created: new Date(now * 1000).toISOString(),
      livemode: false,
      ...this.thinData(type, object),
      ...(kind !== undefined && { related_object: { id, type: kind, url: urlOf(kind, id) } }),
      type,
    }
  }

  /** The few thin events that carry data are given it, or name the account that the object belongs to. */
  private thinData(type: string, object: string | object): { data?: object } {
    if (typeof object === 'object' && type.startsWith('v1.')) return { data: (object as { data?: object }).data ?? {} }
    const id = idOf(object)
    if (!type.startsWith('v2.core.account_person.')) return {}
    return { data: { account_id: this.context.account.store.parents.get(id) ?? this.context.account.id } }
  }

  private resolve(type: string, object: string | object): object {
    if (typeof object === 'object') return object
    const kinds = this.world.registry.objectsOfEvent(type)
    for (const kind of kinds) {
      const found = this.context.account.store.table(kind).get(object)
      if (found) return found
    }
    throw new Error(`event ${type}: there is no ${kinds.join(' or ')} ${object}`)
  }
}

function idOf(object: string | object): string {
  return typeof object === 'string' ? object : String((object as { id?: unknown }).id)
}

const urlOf = (kind: string, id: string): string =>
  `${kind.startsWith('v2.') ? '' : '/v1'}/${kind.replaceAll('.', '/')}s/${id}`
