import type { SchemaType } from '../catalogue/schema.ts'
import type { ObjectContext } from '../define.ts'
import { fill, type Json } from '../protocol/shape.ts'
import { emitDeleted } from './default-events.ts'
import { needHolders, type Run, shapeRecord } from './run.ts'

/** Removes the object of the path and answers with what is left of it. */
export function answerRemove(run: Run): Json {
  const holders = needHolders(run)
  const target = holders.at(-1)
  if (!run.operation.path.endsWith('}')) return removeField(run)
  if (!target) return answerType(run, run.path[run.operation.params.at(-1)!] ?? '')
  const { record, table, object } = target
  const given = { params: run.params, path: run.path, id: record.id, object: record, save: () => record }
  run.resource?.remove?.(Object.assign(run.context, given) as unknown as ObjectContext<never, never>)
  const last = table.get(record.id) ?? record
  const ending = endingOf(run, object)
  if (ending) {
    const ended = shapeRecord(run, run.operation.type!, { ...last, ...ending })
    table.put(ended)
    emitDeleted(run, object, ended)
    return ended as unknown as Json
  }
  table.remove(record.id)
  run.context.account.store.deleted.set(record.id, object)
  emitDeleted(run, object, last)
  return answerType(run, record.id, last as unknown as Json)
}

/** A DELETE that answers with the object itself ends it: a canceled subscription stays readable. */
function endingOf({ operation, context, resource }: Run, object: string): Json | undefined {
  const { type } = operation
  if (!type || type.object !== object || /(^|\.)Deleted/.test(type.name)) return undefined
  const status = type.byName.get('status')?.code
  if (resource?.remove || !status?.values?.includes('canceled')) return {}
  return { status: 'canceled', ...(type.byName.has('canceled_at') && { canceled_at: context.now }) }
}

/** `DELETE …/{customer}/discount` empties a field of the customer. */
function removeField(run: Run): Json {
  const holder = needHolders(run).at(-1)
  const type = holder && run.registry.schema.typeOf(holder.object)
  const { word } = run.operation
  if (holder && type?.byName.has(word)) holder.table.put(shapeRecord(run, type, { ...holder.record, [word]: null }))
  return answerType(run, holder?.record.id ?? '')
}

function answerType(run: Run, id: string, last: Json = {}): Json {
  const { type } = run.operation
  if (!type) return {}
  return deletedStub(run, type, id, last)
}

/** `{ id, object, deleted: true }`, and what else the stub's type requires of the object that was. */
export function deletedStub(run: Run, type: SchemaType, id: string, last: Json = {}): Json {
  const kept: Json = { id, deleted: true }
  for (const field of type.fields)
    if (!field.isOptional && kept[field.name] === undefined && last[field.name] !== undefined)
      kept[field.name] = last[field.name]
  if (!type.byName.has('deleted')) delete kept.deleted
  return fill(run.registry.schema, type, kept, run.context)
}
