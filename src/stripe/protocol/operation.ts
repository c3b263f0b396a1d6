import type { Code } from '../catalogue/codes.ts'
import type { CatalogueOperation } from '../catalogue/model.ts'
import type { Schema, SchemaType } from '../catalogue/schema.ts'

export type OperationKind = 'list' | 'search' | 'create' | 'retrieve' | 'update' | 'delete' | 'action' | 'singleton'

/** An operation of the catalogue, ready to be answered. */
export interface Operation {
  /** `POST /v1/refunds/{id}/cancel` */
  name: string
  sdk: string
  kind: OperationKind
  verb: string
  path: string
  /** Names in braces, in order. */
  params: readonly string[]
  isV2: boolean
  streaming: boolean
  multipart: boolean
  /** Type of the parameters; absent where there are none. */
  input?: SchemaType
  output: Code
  /** The type that the answer is, or that its list is of. */
  type?: SchemaType
  /** All types the answer may be (a customer's source is a card, a bank account or a source). */
  types: readonly SchemaType[]
  /** Those of them that are not what is left of something deleted. */
  living: readonly SchemaType[]
  /** Last word of the path of an action. */
  word: string
}

/** Makes an operation from its line in the catalogue. */
export function describeOperation(line: CatalogueOperation, schema: Schema): Operation {
  const output = schema.code(line.out)
  const type = schema.answerType(output)
  const types = allTypes(output, schema)
  const input = line.in === undefined ? undefined : schema.answerType(schema.code(line.in))
  return {
    name: `${line.verb} ${line.path}`,
    sdk: line.sdk,
    kind: kindOf(line),
    verb: line.verb,
    path: line.path,
    params: [...line.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!),
    isV2: line.path.startsWith('/v2/'),
    streaming: line.streaming === true,
    multipart: line.multipart === true,
    ...(input && { input }),
    output,
    ...(type && { type }),
    types,
    living: types.filter((each) => !/(^|\.)Deleted/.test(each.name)),
    word: line.path.split('/').at(-1)!,
  }
}

function allTypes(code: Code, schema: Schema): SchemaType[] {
  if (code.of) return allTypes(code.of, schema)
  if (code.either) return code.either.flatMap((part) => allTypes(part, schema))
  return (code.types ?? []).flatMap((name) => schema.type(name) ?? [])
}

/** What an operation does, from its verb, path, method and answer alone. */
export function kindOf({ verb, path, sdk, out, list }: CatalogueOperation): OperationKind {
  if (list === 'search' || out.startsWith('S')) return 'search'
  if (list === 'list' || out.startsWith('L')) return 'list'
  if (verb === 'DELETE' || /^@(\w+\.)*Deleted/.test(out)) return 'delete'
  const endsInId = path.endsWith('}')
  if (verb === 'GET') return endsInId ? 'retrieve' : 'singleton'
  if (endsInId) return 'update'
  const method = sdk.split('.').at(-1)!
  if (method.startsWith('create') || !path.includes('{')) return method.startsWith('update') ? 'singleton' : 'create'
  return method.startsWith('update') ? 'singleton' : 'action'
}
