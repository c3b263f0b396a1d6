import { TokenReader } from './lexer.ts'
import { createScope, type Scope, type TypeNode } from './syntax.ts'
import { parseMembers, parsePrimary, parseType } from './type-parser.ts'

/** Parses the part of TypeScript that Stripe's generated declaration files use; anything else throws, naming the file. */
export function parseDeclarations(source: string, file: string): Scope {
  const reader = new TokenReader(source, file)
  const root = createScope(file)
  while (reader.current.kind !== 'end') parseStatement(reader, root)
  return root
}

function parseStatement(reader: TokenReader, scope: Scope): void {
  for (const word of ['export', 'declare', 'default', 'abstract']) reader.take(word)
  if (reader.take('import')) parseImport(reader, scope)
  else if (reader.take('*')) parseStar(reader, scope)
  else if (reader.take('{')) parseNames(reader, scope)
  else if (reader.is('interface') || reader.is('class')) parseInterface(reader, scope)
  else if (reader.take('namespace')) parseNamespace(reader, scope)
  else if (reader.take('type')) parseAlias(reader, scope)
  else if (['const', 'function', 'let', 'var'].some((word) => reader.take(word))) skipStatement(reader)
  else reader.fail(`no statement starts with ${reader.current.text}`)
  reader.take(';')
}

function parseImport(reader: TokenReader, scope: Scope): void {
  reader.take('type')
  if (reader.take('*')) parseStar(reader, scope)
  else if (reader.take('{')) parseNames(reader, scope)
  else if (reader.current.kind === 'string') reader.next()
  else parseDefaultImport(reader, scope)
}

/** `import X = A.B`, or `import X from '…'`, which the linker has no need of. */
function parseDefaultImport(reader: TokenReader, scope: Scope): void {
  const name = reader.next().text
  if (!reader.take('=')) {
    reader.need('from')
    reader.next()
    return
  }
  const path = [reader.next().text]
  while (reader.take('.')) path.push(reader.next().text)
  scope.links.set(name, { path })
}

/** `* as X from '…'`, or `* from '…'`, which the linker has no need of. */
function parseStar(reader: TokenReader, scope: Scope): void {
  const name = reader.take('as') ? reader.next().text : undefined
  reader.need('from')
  const from = reader.next().text
  if (name) scope.links.set(name, { from, path: [] })
}

function parseNames(reader: TokenReader, scope: Scope): void {
  const names: [name: string, alias: string][] = []
  while (!reader.take('}')) {
    reader.take('type')
    const name = reader.next().text
    names.push([name, reader.take('as') ? reader.next().text : name])
    reader.take(',')
  }
  const from = reader.take('from') ? reader.next().text : undefined
  for (const [name, alias] of names) scope.links.set(alias, { ...(from && { from }), path: [name] })
}

function parseInterface(reader: TokenReader, scope: Scope): void {
  const kind = reader.next().text as 'interface' | 'class'
  const name = reader.next().text
  skipGenerics(reader)
  const bases: TypeNode[] = []
  if (reader.take('extends')) {
    do bases.push(parsePrimary(reader))
    while (reader.take(','))
  }
  if (reader.take('implements')) {
    do parsePrimary(reader)
    while (reader.take(','))
  }
  reader.need('{')
  scope.types.set(name, { kind, name, bases, ...parseMembers(reader) })
}

function parseNamespace(reader: TokenReader, scope: Scope): void {
  const name = reader.next().text
  const inner = scope.scopes.get(name) ?? createScope(name, scope)
  scope.scopes.set(name, inner)
  reader.need('{')
  while (!reader.take('}')) parseStatement(reader, inner)
}

function parseAlias(reader: TokenReader, scope: Scope): void {
  const name = reader.next().text
  skipGenerics(reader)
  reader.need('=')
  scope.types.set(name, { kind: 'alias', name, type: parseType(reader) })
}

function skipGenerics(reader: TokenReader): void {
  if (reader.take('<')) reader.skipPast('<', '>')
}

function skipStatement(reader: TokenReader): void {
  while (!reader.is(';') && reader.current.kind !== 'end') reader.next()
}
