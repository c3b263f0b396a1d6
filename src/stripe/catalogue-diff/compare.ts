import type { Catalogue, CatalogueOperation } from '../catalogue/model.ts'
import { Schema } from '../catalogue/schema.ts'
import { type FlatField, flatten } from './flatten.ts'

/** What came and what went. */
export interface Moved {
  added: string[]
  removed: string[]
}

/** How one field or parameter is different. */
export interface FieldChange {
  path: string
  kind?: [before: string, after: string]
  required?: [before: boolean, after: boolean]
  deprecated?: true
  values?: Moved
}

export interface ShapeChange extends Moved {
  changed: FieldChange[]
}

/** What one version of the API has that the other has not. */
export interface CatalogueDiff {
  from: { stripe: string; api: string }
  to: { stripe: string; api: string }
  operations: Moved
  events: Moved
  objects: Moved
  /** By operation, `POST /v1/refunds`. */
  params: Record<string, ShapeChange>
  /** By object, `refund`. */
  fields: Record<string, ShapeChange>
}

/** Compares two catalogues by what a caller meets: operations, their parameters, the fields of objects, enumeration values, events. */
export function compareCatalogues(before: Catalogue, after: Catalogue): CatalogueDiff {
  const [old, young] = [new Schema(before), new Schema(after)]
  const [oldCalls, newCalls] = [callsOf(before), callsOf(after)]
  const [oldObjects, newObjects] = [objectsOf(before), objectsOf(after)]
  return {
    from: { stripe: before.stripe, api: before.api },
    to: { stripe: after.stripe, api: after.api },
    operations: moved(oldCalls, newCalls),
    events: moved(keysOf(before.events), keysOf(after.events)),
    objects: moved(oldObjects, newObjects),
    params: changesBy(oldCalls, newCalls, (call) => {
      const [a, b] = [oldCalls.get(call), newCalls.get(call)]
      return compareShapes(paramsOf(old, a), paramsOf(young, b))
    }),
    fields: changesBy(oldObjects, newObjects, (object) =>
      compareShapes(fieldsOf(old, object), fieldsOf(young, object)),
    ),
  }
}

type Names = ReadonlyMap<string, unknown>

function moved(before: Names, after: Names): Moved {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
  }
}

function changesBy(before: Names, after: Names, compare: (name: string) => ShapeChange): Record<string, ShapeChange> {
  const changes: Record<string, ShapeChange> = {}
  for (const name of [...before.keys()].filter((each) => after.has(each)).sort()) {
    const change = compare(name)
    if (change.added.length + change.removed.length + change.changed.length > 0) changes[name] = change
  }
  return changes
}

const callsOf = ({ operations }: Catalogue): Map<string, CatalogueOperation> =>
  new Map(operations.map((operation) => [`${operation.verb} ${operation.path}`, operation]))

const keysOf = (record: object): Map<string, unknown> => new Map(Object.entries(record))

function objectsOf({ types }: Catalogue): Map<string, unknown> {
  const objects = Object.values(types).flatMap((shape) =>
    shape.id && shape.object?.startsWith('=') ? shape.object.slice(1) : [],
  )
  return new Map(objects.map((object) => [object, true]))
}

function paramsOf(schema: Schema, operation: CatalogueOperation | undefined): Map<string, FlatField> {
  const type = operation?.in === undefined ? undefined : schema.answerType(schema.code(operation.in))
  return type ? flatten(schema, type) : new Map()
}

function fieldsOf(schema: Schema, object: string): Map<string, FlatField> {
  const type = schema.typeOf(object)
  return type ? flatten(schema, type) : new Map()
}

/** Of a part that came or went as a whole only its top is named. */
function compareShapes(before: Map<string, FlatField>, after: Map<string, FlatField>): ShapeChange {
  const { added, removed } = moved(before, after)
  const changed = [...before].flatMap(([path, old]) => compareField(path, old, after.get(path)) ?? [])
  return { added: topsOf(added), removed: topsOf(removed), changed }
}

function topsOf(paths: readonly string[]): string[] {
  const all = new Set(paths)
  return paths.filter((path) => !parentsOf(path).some((parent) => all.has(parent)))
}

const parentsOf = (path: string): string[] =>
  [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index).replace(/(\[\]|\{\})+$/, ''))

function compareField(path: string, before: FlatField, after: FlatField | undefined): FieldChange | undefined {
  if (!after) return undefined
  const values = moved(new Map(before.values.map((each) => [each, 1])), new Map(after.values.map((each) => [each, 1])))
  const change: FieldChange = {
    path,
    ...(before.kind !== after.kind && { kind: [before.kind, after.kind] }),
    ...(before.isRequired !== after.isRequired && { required: [before.isRequired, after.isRequired] }),
    ...(!before.isDeprecated && after.isDeprecated && { deprecated: true }),
    ...(values.added.length + values.removed.length > 0 && { values }),
  }
  return Object.keys(change).length > 1 ? change : undefined
}
