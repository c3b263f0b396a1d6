import type { CatalogueOperation } from './catalogue/model.ts'
import type { Schema, SchemaType } from './catalogue/schema.ts'
import type { OperationContext, ResourceDefinition } from './define.ts'
import { describeOperation, type Operation } from './protocol/operation.ts'
import { type Route, Router } from './protocol/route.ts'

/** What a verb and path stand for. Read on first use: a server that answers three operations prepares three. */
export interface Endpoint {
  name: string
  /** Absent for operations that only a resource file knows. */
  operation?: Operation
  resource?: ResourceDefinition
  /** The whole answer, where a resource file gives it. */
  own?: (context: OperationContext) => object
  /** For each path parameter, the kinds of objects it can name; none where nobody knows. */
  holders: readonly (readonly string[])[]
}

/** Always worth finding fast, beside the filters of lists. */
const alwaysIndexed: Record<string, readonly string[]> = {
  event: ['type'],
  customer: ['email', 'test_clock'],
  charge: ['payment_intent'],
  refund: ['charge'],
}

/** Knows every operation, which resource file decides it, what its paths name and which fields tables are searched by. */
export class Registry {
  readonly schema: Schema
  private readonly router = new Router<() => Endpoint>()
  private readonly resources: Readonly<Record<string, ResourceDefinition>>
  /** Lines of the catalogue that read one object, by their path without the id, parameters blanked. */
  private readonly readers = new Map<string, CatalogueOperation>()
  /** Lines that list, by kind of object. */
  private readonly lists = new Map<string, CatalogueOperation[]>()
  /** By kind of object, then by what happened. */
  private readonly eventTypes = new Map<string, Map<string, string>>()

  constructor(schema: Schema, resources: Readonly<Record<string, ResourceDefinition>>) {
    this.schema = schema
    this.resources = resources
    for (const line of schema.catalogue.operations) this.addLine(line)
    for (const resource of Object.values(resources))
      for (const [name, own] of Object.entries(resource.operations ?? {})) this.addOwn(name, resource, own)
    for (const [type, code] of Object.entries(schema.catalogue.events)) this.addEventType(type, code)
  }

  find(verb: string, path: string): Route<Endpoint> | undefined {
    const route = this.router.find(verb, path)
    return route && { value: route.value(), path: route.path }
  }

  resource(object: string): ResourceDefinition | undefined {
    return Object.hasOwn(this.resources, object) ? this.resources[object] : undefined
  }

  isEventType(type: string): boolean {
    return Object.hasOwn(this.schema.catalogue.events, type)
  }

  /** The kinds of objects that an event of this type can carry. */
  objectsOfEvent(type: string): string[] {
    return this.objectsOf(this.schema.catalogue.events[type] ?? '')
  }

  /** Stripe's event for what happened to an object (`created`, `updated`, `deleted`, `canceled`), where it has one. */
  eventType(object: string, happened: string): string | undefined {
    return this.eventTypes.get(object)?.get(happened)
  }

  /** The fields that records of a kind are found by: string filters of its lists, and parents in their paths. */
  indexesOf(object: string): Iterable<string> {
    const fields = new Set<string>([...(alwaysIndexed[object] ?? []), ...(this.resource(object)?.indexes ?? [])])
    const type = this.schema.typeOf(object)
    for (const line of this.lists.get(object) ?? []) {
      const input = line.in === undefined ? undefined : this.schema.answerType(this.schema.code(line.in))
      for (const field of input?.fields ?? [])
        if (field.code.kind === 'string' && type && isTextField(type, field.name)) fields.add(field.name)
      for (const parent of this.holdersOf(line).flat()) if (type && isTextField(type, parent)) fields.add(parent)
    }
    return fields
  }

  private addLine(line: CatalogueOperation): void {
    let endpoint: Endpoint | undefined
    this.router.add(line.verb, line.path, () => {
      endpoint ??= this.describe(line)
      return endpoint
    })
    if (line.verb === 'GET' && line.path.endsWith('}')) this.readers.set(collectionOf(line.path), line)
    const listed = /^[LS]<?@([\w.]+)/.exec(line.out)?.[1]
    const object = listed && this.schema.catalogue.types[listed]?.object?.slice(1)
    if (object) this.lists.set(object, [...(this.lists.get(object) ?? []), line])
  }

  private describe(line: CatalogueOperation): Endpoint {
    const operation = describeOperation(line, this.schema)
    const resource = operation.type?.object === undefined ? undefined : this.resource(operation.type.object)
    return { name: operation.name, operation, ...(resource && { resource }), holders: this.holdersOf(line) }
  }

  private addOwn(name: string, resource: ResourceDefinition, own: NonNullable<Endpoint['own']>): void {
    const [verb, path] = name.split(' ') as [string, string]
    const known = this.router.find(verb, path)?.value()
    const endpoint: Endpoint = { holders: [], ...known, name, resource, own }
    this.router.add(verb, path, () => endpoint, true)
  }

  /** `customer.subscription.created` is what is `created` of a subscription; of several the one named after the object wins. */
  private addEventType(type: string, code: string): void {
    const happened = type.slice(type.lastIndexOf('.') + 1)
    const named = type.slice(0, type.lastIndexOf('.'))
    if (code === '') {
      this.eventTypesOf(named).set(happened, type)
      return
    }
    for (const name of code.split('@').slice(1)) {
      const object = this.schema.catalogue.types[name.replace(/[^\w.].*$/, '')]?.object?.slice(1)
      if (object === undefined) continue
      const types = this.eventTypesOf(object)
      if (!types.has(happened) || named === object) types.set(happened, type)
    }
  }

  private eventTypesOf(object: string): Map<string, string> {
    const known = this.eventTypes.get(object)
    if (known) return known
    const made = new Map<string, string>()
    this.eventTypes.set(object, made)
    return made
  }

  private holdersOf(line: CatalogueOperation): string[][] {
    const segments = line.path.split('/')
    const holders: string[][] = []
    segments.forEach((segment, at) => {
      if (segment.startsWith('{'))
        holders.push(this.objectsIn(segments.slice(0, at).join('/'), line, segments.length - at))
    })
    return holders
  }

  private objectsIn(collection: string, line: CatalogueOperation, segmentsLeft: number): string[] {
    const key = collection.replace(/\{\w+\}/g, '{}')
    const reader = this.readers.get(key) ?? this.readers.get(key.replace('/test_helpers', ''))
    const objects = reader ? this.objectsOf(reader.out) : []
    if (objects.length > 0) return objects
    return segmentsLeft <= 2 ? this.objectsOf(line.out) : []
  }

  private objectsOf(out: string): string[] {
    const names = [...out.matchAll(/@([\w.]+)/g)].map((match) => match[1]!)
    const objects = names
      .map((name) => this.schema.catalogue.types[name]?.object)
      .filter((object) => object !== undefined)
    return [...new Set(objects.map((object) => object.slice(1)))]
  }
}

const collectionOf = (path: string): string => path.slice(0, path.lastIndexOf('/')).replace(/\{\w+\}/g, '{}')

function isTextField(type: SchemaType, name: string): boolean {
  const kind = type.byName.get(name)?.code.kind
  return kind === 'string' || kind === 'expandable'
}
