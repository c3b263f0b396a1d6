import type { ActionParamsOf, CreateParamsOf, Given, LooseParams, ObjectName, Stored, UpdateParamsOf } from './wire.ts'

/** The objects of one kind in one account. Objects are never changed in place: `patch` makes a new version. */
export interface Table<T> {
  readonly size: number
  get(id: string): T | undefined
  /** Throws Stripe's `resource_missing`: 400 naming `param` where the id came in a parameter, else 404. */
  need(id: string | null | undefined, param?: string): T
  /** Stores a new object; the shape fills what is not given, `id` and `created` included. Emits nothing. */
  create(fields: Given<T>): T
  /** Replaces the fields that are given and not undefined. Emits nothing. */
  patch(id: string, fields: Given<T>): T
  remove(id: string): T | undefined
  /** Newest first. Cost does not grow with the table for fields in `indexes` and for fields a list can be filtered by. */
  by(field: keyof T & string, value: string): T[]
  /** Newest first. */
  all(): Iterable<T>
}

export type Tables = { readonly [Name in ObjectName]: Table<Stored<Name>> }

export interface AccountView {
  /** `acct_…`, derived from the secret key. */
  readonly id: string
  /** The account a connected account was created under. */
  readonly platform?: string
  /** Small values that a resource keeps per account (invoice numbering, balances); gone after a reset. */
  readonly memory: Map<string, unknown>
}

export interface RequestView {
  /** `req_…`; null where no request is behind it (a timer, a page that was clicked). */
  readonly id: string | null
  readonly idempotencyKey: string | null
  readonly method: string
  readonly path: string
  /** The `Stripe-Version` that applies. */
  readonly apiVersion: string
  readonly key: 'secret' | 'restricted' | 'publishable' | 'none'
}

/** What every handler and every background job gets. */
export interface Context {
  readonly account: AccountView
  readonly request: RequestView
  /** Epoch seconds on the account's clock (or on the test clock whose job is running). */
  readonly now: number
  readonly tables: Tables
  /** A fresh id with the prefix of that kind of object: `newId('charge')`. */
  newId(object: string): string
  /** Letters and digits for secrets and tokens, repeatable under a seed. */
  newSecret(length: number): string
  /** A stable absolute URL on this server: `url('/c/pay/cs_1')`. */
  url(path: string): string
  /**
   * Makes an event. Given an id, `data.object` is that object as it is when the request ends; given an object, as it is now.
   * `previous` becomes `data.previous_attributes`. Unknown event types throw.
   */
  emit(type: string, object: string | object, previous?: Record<string, unknown>): void
  /** Makes an event at once, for an answer that is the event. */
  emitNow(type: string, object: string | object): object
  /** Sends an event of this account again, to one webhook endpoint or to all that want it; false when there is none. */
  resend(event: string, endpoint?: string): boolean
  /** Runs `jobs[job]` of the resource of `object` for this id when the clock reaches `at` (epoch seconds); one per id and job. */
  schedule(object: ObjectName, job: string, id: string, at: number, testClock?: string | null): void
  unschedule(object: ObjectName, job: string, id: string): void
  /** Runs what is due on a test clock up to `until`, in order, each at its own time. */
  advance(testClock: string, until: number): void
  /** The same context under another connected account, for destination charges and transfers. */
  on(account: string): Context
}

export interface CreateContext<Name extends ObjectName, Params> extends Context {
  readonly params: Params
  /** The id the object will have. */
  readonly id: string
  /** Path parameters by name: `{ customer: 'cus_1' }`. */
  readonly path: Readonly<Record<string, string>>
  /** Stores the object now, so that others can refer to it, and returns it; what the handler returns is laid over it. */
  save(fields: Given<Stored<Name>>): Stored<Name>
}

export interface ObjectContext<Name extends ObjectName, Params> extends CreateContext<Name, Params> {
  /** The object as it was when the request came in. */
  readonly object: Stored<Name>
}

export interface OperationContext extends Context {
  readonly params: LooseParams
  readonly path: Readonly<Record<string, string>>
}

export interface JobContext<Name extends ObjectName> extends Context {
  readonly id: string
  readonly object: Stored<Name>
}

type Fields<Name extends ObjectName> = Given<Stored<Name>> | undefined

/** An answer that is not an object of the catalogue's: bytes of a file or a PDF. */
export interface RawAnswer {
  readonly contentType: string
  readonly body: string | Uint8Array
}

/**
 * How one kind of object behaves. Handlers return only the fields they decide: parameters of the same name as a field are
 * laid in first, metadata is merged, the shape fills the rest. Without a handler the operation is answered generically
 * and marked so in the journal.
 */
export interface ResourceDefinition<Name extends ObjectName = ObjectName> {
  object: Name
  create?(context: CreateContext<Name, CreateParamsOf<Name>>): Fields<Name>
  update?(context: ObjectContext<Name, UpdateParamsOf<Name>>): Fields<Name>
  retrieve?(context: ObjectContext<Name, LooseParams>): Fields<Name>
  /** Runs before the object goes; throw to refuse. */
  remove?(context: ObjectContext<Name, LooseParams>): void
  /** Keeps an object out of a list by returning false; filters, order and pages are the engine's. */
  list?(object: Stored<Name>, context: OperationContext): boolean
  /** Parameters of the list that `list` looks at itself instead of the engine. */
  ownFilters?: readonly string[]
  /** `POST …/{id}/word`: the returned fields are laid over the object. */
  actions?: {
    [Action in keyof ActionParamsOf<Name>]?: (
      context: ObjectContext<Name, ActionParamsOf<Name>[Action]>,
    ) => Fields<Name>
  }
  /** Whole operations, `'POST /v1/payment_pages/{session}/confirm'`, also undocumented ones: the answer is returned as it is. */
  operations?: Record<string, (context: OperationContext) => object>
  /** What lists inside an object hold when they are expanded, where nothing in the listed objects names their owner. */
  includes?: Record<string, (id: string, account: AccountView) => readonly object[]>
  /** Work that the clock starts, see `Context.schedule`. */
  jobs?: Record<string, (context: JobContext<Name>) => void>
  /** Default event types; false for none. Without it `<object>.created|updated|deleted` where Stripe has such an event. */
  events?: { create?: string | false; update?: string | false; remove?: string | false }
  /** Further fields whose `by` is fast. */
  indexes?: readonly (keyof Stored<Name> & string)[]
}

/** Makes a resource; one file under src/stripe/resources/ exports one. */
export const defineResource = <const Name extends ObjectName>(
  definition: ResourceDefinition<Name>,
): ResourceDefinition => definition as unknown as ResourceDefinition
