import type { ObjectContext } from '../define.ts'
import { missing } from '../missing.ts'
import type { Json } from '../protocol/shape.ts'
import { defined } from '../table-view.ts'
import { deletedStub } from './remove.ts'
import { findHolder, needHolders, type Run, shapeRecord } from './run.ts'

/** The object of the path; kinds that Stripe still answers for after their end come as a stub. */
export function answerRetrieve(run: Run): Json {
  const { operation, context } = run
  needHolders(run, operation.params.length - 1)
  const id = run.path[operation.params.at(-1)!] ?? ''
  const objects = run.endpoint.holders.at(-1) ?? []
  const found = findHolder(run, objects, id)
  if (!found) return stubOrMissing(run, objects, id)
  const retrieve = run.resource?.retrieve
  if (!retrieve) return found.record as unknown as Json
  const save = (fields: object) => {
    const current = found.table.get(id) ?? found.record
    const record = shapeRecord(run, run.registry.schema.typeOf(found.object)!, { ...current, ...defined(fields) })
    found.table.put(record)
    return record
  }
  const given = { params: run.params, path: run.path, id, object: found.record, save }
  const fields = retrieve(Object.assign(context, given) as unknown as ObjectContext<never, never>)
  return (fields === undefined ? (found.table.get(id) ?? found.record) : save(fields)) as unknown as Json
}

function stubOrMissing(run: Run, objects: readonly string[], id: string): Json {
  const deleted = run.context.account.store.deleted.get(id)
  const stub = run.operation.types.find((type) => /(^|\.)Deleted/.test(type.name) && type.object === deleted)
  if (stub) return deletedStub(run, stub, id)
  throw missing(objects[0] ?? run.operation.type?.object ?? 'object', id)
}
