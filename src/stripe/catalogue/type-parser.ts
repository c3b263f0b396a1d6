import type { TokenReader } from './lexer.ts'
import type { Member, Parameter, TypeNode } from './syntax.ts'

const primitives = new Set(
  'string number boolean null undefined void any unknown bigint object never symbol Decimal'.split(' '),
)
const modifiers = ['private', 'readonly', 'static', 'protected', 'abstract', 'public']
const any: TypeNode = { kind: 'primitive', name: 'any' }

/** Reads a type expression; throws on syntax that Stripe's generated declarations do not use. */
export function parseType(reader: TokenReader): TypeNode {
  reader.take('|')
  return parseSeries(reader, '|', parseIntersection, (of) => ({ kind: 'union', of }))
}

const parseIntersection = (reader: TokenReader): TypeNode =>
  parseSeries(reader, '&', parsePostfix, (of) => ({ kind: 'intersection', of }))

function parseSeries(
  reader: TokenReader,
  separator: string,
  parsePart: (reader: TokenReader) => TypeNode,
  combine: (parts: TypeNode[]) => TypeNode,
): TypeNode {
  const first = parsePart(reader)
  if (!reader.is(separator)) return first
  const parts = [first]
  while (reader.take(separator)) parts.push(parsePart(reader))
  return combine(parts)
}

function parsePostfix(reader: TokenReader): TypeNode {
  let type = parsePrimary(reader)
  while (reader.take('[')) {
    if (reader.take(']')) {
      type = { kind: 'array', of: type }
      continue
    }
    parseType(reader)
    reader.need(']')
    type = any
  }
  return type
}

/** A type without a suffix; also what stands behind `extends`. */
export function parsePrimary(reader: TokenReader): TypeNode {
  const token = reader.next()
  if (token.kind === 'string') return { kind: 'literal', value: token.text }
  if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) }
  if (token.text === '{') return { kind: 'object', ...parseMembers(reader) }
  if (token.text === '(') return parseParenthesised(reader)
  if (token.text === '[') return skipTuple(reader)
  if (token.kind !== 'name') reader.fail(`no type starts with ${token.text}`)
  if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true' }
  if (['keyof', 'typeof', 'readonly', 'infer'].includes(token.text)) {
    parsePrimary(reader)
    return any
  }
  if (token.text === 'import' && reader.take('(')) return skipImportType(reader)
  return parseReference(reader, token.text)
}

function parseReference(reader: TokenReader, first: string): TypeNode {
  let name = first
  while (reader.take('.')) name += `.${reader.next().text}`
  const args: TypeNode[] = []
  if (reader.take('<')) {
    do args.push(parseType(reader))
    while (reader.take(','))
    reader.need('>')
  }
  if (reader.take('is')) {
    parseType(reader)
    return { kind: 'primitive', name: 'boolean' }
  }
  return primitives.has(name) ? { kind: 'primitive', name } : { kind: 'reference', name, args }
}

function parseParenthesised(reader: TokenReader): TypeNode {
  const isFunction = reader.lookAhead(() => {
    reader.skipPast('(', ')')
    return reader.is('=>')
  })
  if (!isFunction) {
    const inner = parseType(reader)
    reader.need(')')
    return inner
  }
  parseParameters(reader)
  reader.need('=>')
  parseType(reader)
  return { kind: 'function' }
}

function skipTuple(reader: TokenReader): TypeNode {
  while (!reader.take(']')) {
    parseType(reader)
    reader.take(',')
  }
  return any
}

function skipImportType(reader: TokenReader): TypeNode {
  reader.next()
  reader.need(')')
  while (reader.take('.')) reader.next()
  return any
}

/** The parameters of a method, up to and with the closing parenthesis. */
export function parseParameters(reader: TokenReader): Parameter[] {
  const params: Parameter[] = []
  while (!reader.take(')')) {
    reader.take('...')
    const name = reader.next().text
    const optional = reader.take('?')
    params.push({ name, optional, type: reader.take(':') ? parseType(reader) : any })
    reader.take(',')
  }
  return params
}

/** The members of an interface, class or object type, up to and with the closing brace. */
export function parseMembers(reader: TokenReader): { members: Member[]; index?: TypeNode } {
  const members: Member[] = []
  let index: TypeNode | undefined
  while (!reader.take('}')) {
    const doc = reader.current.doc ?? ''
    while (modifiers.some((word) => reader.is(word)) && !['(', ':', '?'].some((sign) => reader.is(sign, 1)))
      reader.next()
    if (reader.take('[')) index = parseIndex(reader)
    else if (reader.take('(')) skipCallSignature(reader)
    else members.push(parseMember(reader, doc))
  }
  return index ? { members, index } : { members }
}

function parseIndex(reader: TokenReader): TypeNode {
  reader.next()
  reader.need(':')
  parseType(reader)
  reader.need(']')
  reader.need(':')
  const type = parseType(reader)
  reader.take(';')
  return type
}

function skipCallSignature(reader: TokenReader): void {
  parseParameters(reader)
  reader.need(':')
  parseType(reader)
  reader.take(';')
}

function parseMember(reader: TokenReader, doc: string): Member {
  const name = reader.next().text
  const optional = reader.take('?')
  if (reader.take('<')) reader.skipPast('<', '>')
  const params = reader.take('(') ? parseParameters(reader) : undefined
  const type: TypeNode = reader.take(':') ? parseType(reader) : any
  if (!reader.take(';')) reader.take(',')
  return { name, optional, type, doc, ...(params && { params }) }
}
