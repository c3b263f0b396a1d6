import { refineCode } from './doc-facts.ts'
import type { Found, Library } from './library.ts'
import type { Shape } from './model.ts'
import type { Declaration, InterfaceDeclaration, Member, ObjectNode, ReferenceNode, Scope, TypeNode } from './syntax.ts'

interface NestedShape {
  shape: Shape
  names: string[]
}

/** Generic types of the package, and the prefix their argument's code gets. */
const wrappers: Record<string, string> = {
  Promise: '',
  Response: '',
  ApiList: 'L',
  ApiListPromise: 'L',
  V2List: 'L',
  V2ListPromise: 'L',
  ApiSearchResultPromise: 'S',
  Partial: '%',
}
const leaves: Record<string, string> = {
  Record: '{*}',
  Date: 'B',
  Buffer: 'B',
  Uint8Array: 'B',
  FileData: 'B',
  StripeStreamResponse: 'B',
  'NodeJS.ReadableStream': 'B',
  OtherString: 's',
  Metadata: 'm',
  MetadataParam: 'm',
}
const primitives: Record<string, string> = { void: 'v', any: '*', unknown: '*', object: '*', bigint: 'i', Decimal: 'd' }

/** Turns types into codes and collects the shapes and enumerations that the codes name. */
export class Emitter {
  readonly enums: string[] = []
  private readonly library: Library
  private readonly types: Record<string, Shape> = {}
  private readonly enumNumbers = new Map<string, number>()
  private readonly codes = new Map<Declaration, string>()
  private readonly nested: NestedShape[] = []
  private readonly nestedNumbers = new Map<string, number>()

  constructor(library: Library) {
    this.library = library
  }

  code(type: TypeNode, scope: Scope): string {
    const isPlainReference = type.kind === 'reference' && type.args.length === 0
    if (type.kind === 'union' || isPlainReference) return this.unionCode(this.flatten(type, scope))
    return this.singleCode(type, scope)
  }

  /** A nested shape that occurs in several places is kept once, under the shortest of its names. */
  finish(codes: string[]): { types: Record<string, Shape>; codes: string[] } {
    const names = this.nested.map(({ names }) => names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]!)
    const named = (code: string): string => code.replace(/#(\d+)/g, (_, number) => names[Number(number)]!)
    const types: Record<string, Shape> = {}
    const shapes = [
      ...Object.entries(this.types),
      ...this.nested.map(({ shape }, at): [string, Shape] => [names[at]!, shape]),
    ]
    for (const [name, shape] of shapes.sort(([a], [b]) => (a < b ? -1 : 1)))
      types[name] = Object.fromEntries(Object.entries(shape).map(([key, code]) => [key, named(code)]))
    return { types, codes: codes.map(named) }
  }

  private flatten(type: TypeNode, scope: Scope): [TypeNode, Scope][] {
    if (type.kind === 'union') return type.of.flatMap((part) => this.flatten(part, scope))
    if (type.kind !== 'reference' || type.args.length > 0 || type.name in leaves) return [[type, scope]]
    const found = this.library.find(scope, type.name)
    if (found?.declaration.kind === 'alias') return this.flatten(found.declaration.type, found.scope)
    return [[type, scope]]
  }

  private unionCode(parts: [TypeNode, Scope][]): string {
    const isNullable = parts.some(([part]) => isNothing(part))
    const isOpen = parts.some(([part]) => part.kind === 'reference' && part.name === 'OtherString')
    const literals = parts.flatMap(([part]) => (part.kind === 'literal' ? [String(part.value)] : []))
    const rest = parts.filter(
      ([part]) =>
        !isNothing(part) && part.kind !== 'literal' && !(part.kind === 'reference' && part.name === 'OtherString'),
    )
    const codes = this.literalCodes(literals, isOpen, rest.length === 0)
    const objects = rest.filter(([part]) => part.kind === 'reference' && part.args.length === 0)
    const hasString = rest.some(([part]) => part.kind === 'primitive' && part.name === 'string')
    if (hasString && objects.length > 0 && rest.length === objects.length + 1)
      codes.push(`x${objects.map(([part, scope]) => this.singleCode(part, scope)).join('')}`)
    else for (const [part, scope] of rest) codes.push(this.singleCode(part, scope))
    return [...new Set(codes)].join('|') + (isNullable ? '~' : '')
  }

  private literalCodes(values: string[], isOpen: boolean, isAll: boolean): string[] {
    if (values.length === 0) return isOpen ? ['s'] : []
    if (values.length === 1 && !isOpen && isAll) return [`=${values[0]}`]
    const text = values.sort().join('|')
    let number = this.enumNumbers.get(text)
    if (number === undefined) {
      number = this.enums.push(text) - 1
      this.enumNumbers.set(text, number)
    }
    return [`e${number}${isOpen ? '+' : ''}`]
  }

  private singleCode(type: TypeNode, scope: Scope): string {
    switch (type.kind) {
      case 'primitive':
        return primitives[type.name] ?? type.name[0]!
      case 'literal':
        return `=${type.value}`
      case 'array':
        return `[${this.code(type.of, scope)}]`
      case 'object':
        return this.inlineCode(type, scope)
      case 'intersection':
        return type.of.map((part) => this.code(part, scope)).join('&')
      case 'function':
        return '*'
      case 'union':
        return this.unionCode(this.flatten(type, scope))
      case 'reference':
        return this.referenceCode(type, scope)
    }
  }

  private referenceCode(type: ReferenceNode, scope: Scope): string {
    const [argument] = type.args
    if (argument && type.name === 'Array') return `[${this.code(argument, scope)}]`
    if (argument && type.name === 'Emptyable') return `${this.code(argument, scope)}^`
    const wrapper = wrappers[type.name]
    if (argument && wrapper !== undefined) return wrap(wrapper, this.code(argument, scope))
    const leaf = leaves[type.name]
    if (leaf !== undefined) return leaf
    const found = this.library.find(scope, type.name)
    if (!found) return '*'
    const { declaration } = found
    return declaration.kind === 'alias'
      ? this.code(declaration.type, found.scope)
      : this.interfaceCode(found, declaration)
  }

  /** A top-level interface keeps its name whatever it looks like. Its code is known before its members, which may name it. */
  private interfaceCode(found: Found, declaration: InterfaceDeclaration): string {
    const done = this.codes.get(declaration)
    if (done) return done
    const name = this.library.publicName(found)
    const isTop = found.path.length === 1 || name.endsWith('Params')
    if (isTop) this.codes.set(declaration, `@${name}`)
    const { members, index } = this.membersOf(declaration, found.scope)
    if (index && members.size === 0) return this.remember(declaration, `{${this.code(index, found.scope)}}`)
    const shape: Shape = {}
    for (const [key, [member, scope]] of members)
      shape[member.optional ? `${key}?` : key] = this.memberCode(member, scope, name)
    if (!isTop) return this.remember(declaration, this.share(shape, name))
    this.types[name] = shape
    return `@${name}`
  }

  private remember(declaration: Declaration, code: string): string {
    this.codes.set(declaration, code)
    return code
  }

  private membersOf(declaration: InterfaceDeclaration, scope: Scope) {
    const members = new Map<string, [Member, Scope]>()
    let { index } = declaration
    for (const base of declaration.bases) {
      const type = base.kind === 'reference' && base.name === 'Omit' ? base.args[0]! : base
      const found = type.kind === 'reference' ? this.library.find(scope, type.name) : undefined
      if (!found || found.declaration.kind === 'alias') continue
      const inherited = this.membersOf(found.declaration, found.scope)
      for (const [key, member] of inherited.members) members.set(key, member)
      index ??= inherited.index
    }
    for (const member of declaration.members) if (!member.params) members.set(member.name, [member, scope])
    return { members, index }
  }

  private memberCode(member: Member, scope: Scope, owner: string): string {
    return refineCode(this.code(member.type, scope), member.name, member.doc, /Params\b/.test(owner))
  }

  private inlineCode(type: ObjectNode, scope: Scope): string {
    if (type.members.length === 0) return type.index ? `{${this.code(type.index, scope)}}` : '{}'
    const shape: Shape = {}
    for (const member of type.members)
      shape[member.optional ? `${member.name}?` : member.name] = this.memberCode(member, scope, '')
    return this.share(shape, `Inline${this.nested.length}`)
  }

  private share(shape: Shape, name: string): string {
    const text = JSON.stringify(shape)
    const number = this.nestedNumbers.get(text)
    if (number !== undefined) {
      this.nested[number]!.names.push(name)
      return `@#${number}`
    }
    this.nestedNumbers.set(text, this.nested.length)
    this.nested.push({ shape, names: [name] })
    return `@#${this.nested.length - 1}`
  }
}

const isNothing = (type: TypeNode): boolean =>
  type.kind === 'primitive' && (type.name === 'null' || type.name === 'undefined')

const wrap = (prefix: string, code: string): string =>
  prefix !== '' && code.includes('|') ? `${prefix}<${code}>` : prefix + code
