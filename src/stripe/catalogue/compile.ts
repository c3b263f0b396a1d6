import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Emitter } from './emitter.ts'
import { Library } from './library.ts'
import type { Catalogue, CatalogueOperation } from './model.ts'
import { parseCalls } from './operations.ts'
import type { Scope } from './syntax.ts'

/** Compiles the catalogue from an installed `stripe` package (its folder). Throws on declarations it cannot read. */
export function compileCatalogue(packageFolder: string): Catalogue {
  const root = join(packageFolder, 'esm')
  const library = new Library(root)
  const emitter = new Emitter(library)
  const operations = [...library.files].flatMap(([file, scope]) => operationsOf(root, file, scope, emitter))
  const events = eventsOf(library, emitter)
  const codes = [...operations.flatMap((operation) => [operation.in ?? '', operation.out]), ...Object.values(events)]
  const finished = emitter.finish(codes)
  const code = finished.codes.values()
  const nextCode = (): string => code.next().value as string
  return {
    stripe: JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version,
    api: apiVersionOf(root),
    operations: operations.map((operation) => {
      const input = nextCode()
      return { ...operation, ...(input && { in: input }), out: nextCode() }
    }),
    events: Object.fromEntries(Object.keys(events).map((type) => [type, nextCode()])),
    enums: emitter.enums,
    types: finished.types,
  }
}

function operationsOf(root: string, file: string, scope: Scope, emitter: Emitter): CatalogueOperation[] {
  const name = relative(root, file)
  if (!name.startsWith('resources/')) return []
  const module = name.slice('resources/'.length, -'.d.ts'.length).replaceAll('/', '.')
  return parseCalls(readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8')).map(({ className, method, ...call }) => {
    const holder = scope.types.get(className)
    const members = holder?.kind === 'class' ? holder.members : []
    const declared = members.find((member) => member.name === method && member.params)
    if (!declared) throw new Error(`${file}: ${className}.${method} is called but not declared`)
    const params = declared.params?.find((param) => param.name === 'params')
    return {
      sdk: `${module}.${method}`,
      ...call,
      ...(params && { in: emitter.code(params.type, scope) }),
      out: emitter.code(declared.type, scope),
    }
  })
}

/** Interfaces whose `type` is one literal are events; `data.object` of their namespace is what they carry. */
function eventsOf(library: Library, emitter: Emitter): Record<string, string> {
  const events: Record<string, string> = {}
  for (const file of ['resources/Events.d.ts', 'resources/V2/Core/Events.d.ts']) {
    const scope = library.files.get(join(library.root, file))
    for (const [type, code] of scope ? eventsIn(scope, emitter) : []) events[type] = code
  }
  return events
}

function* eventsIn(scope: Scope, emitter: Emitter): Generator<[string, string]> {
  for (const declaration of scope.types.values()) {
    if (declaration.kind !== 'interface') continue
    const type = declaration.members.find((member) => member.name === 'type')?.type
    if (type?.kind !== 'literal') continue
    const inner = scope.scopes.get(declaration.name)
    const data = inner?.types.get('Data')
    const object = data?.kind === 'interface' ? data.members.find((member) => member.name === 'object') : undefined
    yield [String(type.value), inner && object ? emitter.code(object.type, inner) : '']
  }
}

function apiVersionOf(root: string): string {
  const version = /ApiVersion = '([^']+)'/.exec(readFileSync(join(root, 'apiVersion.js'), 'utf8'))?.[1]
  if (!version) throw new Error(`${join(root, 'apiVersion.js')}: no ApiVersion`)
  return version
}
