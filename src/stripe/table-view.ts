import type { StoredRecord } from '../store/record.ts'
import type { RecordTable } from '../store/table.ts'
import type { Schema, SchemaType } from './catalogue/schema.ts'
import type { Table } from './define.ts'
import { missing } from './missing.ts'
import { type FillWorld, fill, fillGiven, type Json } from './protocol/shape.ts'

/** A table as handlers see it: what goes in gets its type's whole shape. */
export class TableView implements Table<StoredRecord> {
  private readonly object: string
  private readonly table: RecordTable
  private readonly schema: Schema
  private readonly type: SchemaType | undefined
  private readonly world: FillWorld

  constructor(object: string, table: RecordTable, schema: Schema, world: FillWorld) {
    this.object = object
    this.table = table
    this.schema = schema
    this.type = schema.typeOf(object)
    this.world = world
  }

  get size(): number {
    return this.table.size
  }

  get(id: string): StoredRecord | undefined {
    return this.table.get(id)
  }

  need(id: string | null | undefined, param?: string): StoredRecord {
    const found = typeof id === 'string' ? this.table.get(id) : undefined
    if (!found) throw missing(this.object, id, param)
    return found
  }

  create(fields: Json): StoredRecord {
    return this.put(fields)
  }

  patch(id: string, fields: Json): StoredRecord {
    const old = this.need(id)
    const given = this.type ? fillGiven(this.schema, this.type, defined(fields), this.world) : defined(fields)
    const record = { ...old, ...given } as StoredRecord
    this.table.put(record)
    return record
  }

  remove(id: string): StoredRecord | undefined {
    return this.table.remove(id)
  }

  by(field: string, value: string): StoredRecord[] {
    return this.table.by(field, value)
  }

  all(): Iterable<StoredRecord> {
    return this.table.all()
  }

  private put(fields: Json): StoredRecord {
    const record = this.shape(fields) as unknown as StoredRecord
    this.table.put(record)
    return record
  }

  /** Events are complete as they are made, and have no single type. */
  private shape(fields: Json): Json {
    if (!this.type || this.object === 'event' || this.object === 'v2.core.event') return fields
    return fill(this.schema, this.type, fields, this.world)
  }
}

/** Without the fields that are undefined: what a handler did not decide. */
export function defined(fields: object | undefined): Json {
  return overlay({}, fields)
}

/** Lays over `target` the fields that are not undefined, and returns it. */
export function overlay(target: Json, fields: object | undefined): Json {
  const given = (fields ?? {}) as Json
  for (const name in given) if (given[name] !== undefined) target[name] = given[name]
  return target
}
