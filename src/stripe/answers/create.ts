import type { StoredRecord } from '../../store/record.ts'
import type { SchemaType } from '../catalogue/schema.ts'
import type { CreateContext } from '../define.ts'
import { stripeError } from '../error.ts'
import { isFilePart } from '../protocol/form.ts'
import { fill, type Json } from '../protocol/shape.ts'
import { emitCreated } from './default-events.ts'
import { checkReferences } from './references.ts'
import { echoedFields, needHolders, parentFields, type Run, shapeOver } from './run.ts'

/** Makes an object: parameters of the names of fields first, then what the resource file decides, then the shape. */
export function answerCreate(run: Run): Json {
  const parents = needHolders(run)
  const type = typeToCreate(run)
  if (!type) return {}
  checkReferences(run, type)
  const parent = parentFields(type, parents)
  const base = Object.assign(echoedFields(run, type, undefined), parent)
  if (type.object === undefined) return fill(run.registry.schema, type, base, run.context)
  const record = createRecord(run, type, type.object, base)
  const holder = parents.at(-1)
  if (holder && !Object.values(parent).includes(holder.record.id))
    run.context.account.store.parents.set(record.id, holder.record.id)
  emitCreated(run, type.object, record)
  return record
}

function createRecord(run: Run, type: SchemaType, object: string, base: Json): StoredRecord {
  const table = run.context.account.store.table(object)
  const id = typeof base.id === 'string' ? base.id : run.context.newId(object)
  if (table.get(id)) throw stripeError(400, 'resource_already_exists', `${nameOf(object)} already exists.`)
  const start = base
  start.id = id
  if (type.byName.get('created')?.code.kind === 'timestamp') start.created = run.context.now
  const save = (fields: object): StoredRecord => {
    const saved = shapeOver(run, type, table.get(id) ?? start, fields)
    table.put(saved)
    return saved
  }
  const { context } = run
  context.params = run.params
  context.path = run.path
  context.id = id
  context.save = save
  const fields = run.resource?.create?.(context as unknown as CreateContext<never, never>) ?? {}
  const stored = decidesNothing(fields) ? table.get(id) : undefined
  return stored ?? save(fields)
}

function decidesNothing(fields: object): boolean {
  for (const name in fields) if ((fields as Json)[name] !== undefined) return false
  return true
}

/** Of several possible types (a card or a bank account) the one that knows most of the parameters. */
function typeToCreate({ operation, params }: Run): SchemaType | undefined {
  const types = operation.living
  if (types.length < 2) return types[0] ?? operation.type
  const wanted = typeof params.object === 'string' ? params.object : sourceKind(params)
  return types.find((type) => type.object === wanted) ?? types.find((type) => type.object !== 'account') ?? types[0]
}

/** A source or external account given as `btok_…` or as an object that says what it is. */
function sourceKind(params: Json): string | undefined {
  const given = params.source ?? params.external_account ?? params.bank_account ?? params.card
  if (typeof given === 'string') return given.startsWith('btok') ? 'bank_account' : 'card'
  if (typeof given !== 'object' || given === null || isFilePart(given)) return undefined
  return String((given as Json).object ?? 'card')
}

const nameOf = (object: string): string => object.charAt(0).toUpperCase() + object.slice(1).replaceAll('_', ' ')
