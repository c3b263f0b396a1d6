import type { StoredRecord } from '../../store/record.ts'
import type { SchemaType } from '../catalogue/schema.ts'
import type { ObjectContext } from '../define.ts'
import type { Json } from '../protocol/shape.ts'
import { defined } from '../table-view.ts'
import { answerCreate } from './create.ts'
import { emitUpdated } from './default-events.ts'
import { outcomeOf } from './outcomes.ts'
import { checkReferences } from './references.ts'
import { echoedFields, type Holder, needHolders, type Run, shapeOver } from './run.ts'

type Handler = (context: ObjectContext<never, never>) => object | undefined

/** `POST /v1/things/{id}` */
export function answerUpdate(run: Run): Json {
  const target = needHolders(run).at(-1)
  const type = target && run.registry.schema.typeOf(target.object)
  if (!target || !type) return answerCreate(run)
  checkReferences(run, type)
  const changed = change(run, target, type, run.resource?.update as Handler | undefined, {})
  emitUpdated(run, target.object, target.record, changed)
  return changed as unknown as Json
}

/** `POST /v1/things/{id}/verb`: the resource file's action, else what the verb says about the status. */
export function answerAction(run: Run): Json {
  const target = needHolders(run).at(-1)
  const type = target && run.registry.schema.typeOf(target.object)
  if (!target || !type || !run.operation.types.some(({ object }) => object === target.object)) {
    run.markGeneric()
    return answerCreate(run)
  }
  const action = (run.resource?.actions as Record<string, Handler> | undefined)?.[run.operation.word]
  if (action) return change(run, target, type, action, {}) as unknown as Json
  run.markGeneric()
  const outcome = outcomeOf(type, run.operation.word, run.context.now)
  const changed = change(run, target, type, undefined, outcome.fields)
  const event = run.registry.eventType(target.object, outcome.happened)
  emitUpdated(run, target.object, target.record, changed, event)
  return changed as unknown as Json
}

/**
 * Lays over the object: parameters of the names of fields, what the handler stored itself meanwhile, what it returned. When the
 * handler throws, only what it stored stays.
 */
function change(
  run: Run,
  { record, object, table }: Holder,
  type: SchemaType,
  handler: Handler | undefined,
  decided: Json,
): StoredRecord {
  const { id } = record
  const echoed = echoedFields(run, type, record)
  const save = (fields: object): StoredRecord => {
    const saved = shapeOver(run, type, table.get(id) ?? record, fields)
    table.put(saved)
    return saved
  }
  const given = { params: run.params, path: run.path, id, object: record, save }
  const returned = handler?.(Object.assign(run.context, given) as unknown as ObjectContext<never, never>)
  const current = run.context.account.store.table(object).get(id) ?? record
  return save({ ...echoed, ...storedMeanwhile(record, current), ...decided, ...defined(returned) })
}

function storedMeanwhile(before: StoredRecord, after: StoredRecord): Json {
  if (before === after) return {}
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value))
}
