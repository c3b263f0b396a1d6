import type { StoredRecord } from '../../store/record.ts'
import type { RecordTable } from '../../store/table.ts'
import type { SchemaType } from '../catalogue/schema.ts'
import type { RequestContext } from '../context.ts'
import type { ResourceDefinition } from '../define.ts'
import { missing } from '../missing.ts'
import { echo } from '../protocol/echo.ts'
import { mergeMetadata } from '../protocol/metadata.ts'
import type { Operation } from '../protocol/operation.ts'
import { fill, fillOver, type Json } from '../protocol/shape.ts'
import type { Endpoint, Registry } from '../registry.ts'

/** One operation being answered. */
export interface Run {
  registry: Registry
  context: RequestContext
  endpoint: Endpoint
  operation: Operation
  resource: ResourceDefinition | undefined
  params: Json
  /** Path parameters by name. */
  path: Readonly<Record<string, string>>
  /** Path of the URL. */
  url: string
  /** Set by the part that imitates behaviour which no resource file describes. */
  markGeneric(): void
}

/** An object that the path names. */
export interface Holder {
  record: StoredRecord
  object: string
  table: RecordTable
}

/** The objects that the path names, outermost first; throws `resource_missing` for one that is not there. */
export function needHolders(run: Run, count = run.operation.params.length): (Holder | undefined)[] {
  return run.operation.params.slice(0, count).map((name, at) => {
    const objects = run.endpoint.holders[at] ?? []
    const id = run.path[name] ?? ''
    const found = findHolder(run, objects, id)
    if (!found && objects.length > 0) throw missing(objects[0]!, id)
    return found
  })
}

export function findHolder(run: Run, objects: readonly string[], id: string): Holder | undefined {
  for (const object of objects) {
    const table = run.context.account.store.table(object)
    const record = table.get(id)
    if (record) return { record, object, table }
  }
  return undefined
}

/** Conditions that say a record belongs to the objects the path names, as far as its type has a field for that. */
export function parentFields(type: SchemaType, parents: readonly (Holder | undefined)[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const parent of parents) {
    const name = parent && fieldNaming(type, parent.object)
    if (name) fields[name] = parent.record.id
  }
  return fields
}

function fieldNaming(type: SchemaType, object: string): string | undefined {
  const names = [object, object.split('.').at(-1)!]
  return names.find((name) => {
    const kind = type.byName.get(name)?.code.kind
    return kind === 'string' || kind === 'expandable'
  })
}

/** What parameters with the names of fields set; metadata is merged into what is there. */
export function echoedFields(run: Run, type: SchemaType, current: StoredRecord | undefined): Json {
  const fields = echo(run.registry.schema, type, run.params)
  if (current) mergeNested(fields, current)
  const { metadata } = run.params
  if (metadata !== undefined && type.byName.has('metadata'))
    fields.metadata = mergeMetadata(
      current?.metadata as Record<string, string> | undefined,
      metadata as Record<string, string> | null,
    )
  return fields
}

/** These are replaced whole by an update; of other nested objects only the given keys change. */
const replacedWhole = new Set(['address', 'shipping', 'billing_details'])

function mergeNested(fields: Json, current: StoredRecord): void {
  for (const [name, value] of Object.entries(fields)) {
    const old = current[name]
    if (replacedWhole.has(name) || !isPlain(value) || !isPlain(old)) continue
    fields[name] = { ...old, ...value }
  }
}

const isPlain = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gives fields the whole shape of a type and keeps the result as a record. */
export function shapeRecord(run: Run, type: SchemaType, fields: Json): StoredRecord {
  return fill(run.registry.schema, type, fields, run.context) as unknown as StoredRecord
}

/** As `shapeRecord`, of what is there with the fields laid over it that are not undefined. */
export function shapeOver(run: Run, type: SchemaType, base: Json, fields: object): StoredRecord {
  return fillOver(run.registry.schema, type, base, fields as Json, run.context) as unknown as StoredRecord
}
