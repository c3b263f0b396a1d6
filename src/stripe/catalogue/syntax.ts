/** A type expression as written in a declaration file. */
export type TypeNode =
  | { kind: 'primitive'; name: string }
  | { kind: 'literal'; value: string | number | boolean }
  | { kind: 'reference'; name: string; args: TypeNode[] }
  | { kind: 'array'; of: TypeNode }
  | { kind: 'union'; of: TypeNode[] }
  | { kind: 'intersection'; of: TypeNode[] }
  | { kind: 'object'; members: Member[]; index?: TypeNode }
  | { kind: 'function' }

export type ReferenceNode = Extract<TypeNode, { kind: 'reference' }>
export type ObjectNode = Extract<TypeNode, { kind: 'object' }>

export interface Member {
  name: string
  optional: boolean
  type: TypeNode
  doc: string
  /** Present on methods. */
  params?: Parameter[]
}

export interface Parameter {
  name: string
  optional: boolean
  type: TypeNode
}

export interface InterfaceDeclaration {
  kind: 'interface' | 'class'
  name: string
  bases: TypeNode[]
  members: Member[]
  index?: TypeNode
}

export interface AliasDeclaration {
  kind: 'alias'
  name: string
  type: TypeNode
}

export type Declaration = InterfaceDeclaration | AliasDeclaration

/** A name that stands for one of another file (`from`) or of an outer scope. `path` is empty for a whole module. */
export interface Link {
  from?: string
  path: string[]
}

/** A file or a namespace in it. A namespace and the interface it belongs to have the same name. */
export interface Scope {
  name: string
  parent?: Scope
  types: Map<string, Declaration>
  scopes: Map<string, Scope>
  links: Map<string, Link>
}

export const createScope = (name: string, parent?: Scope): Scope => ({
  name,
  ...(parent && { parent }),
  types: new Map(),
  scopes: new Map(),
  links: new Map(),
})

/** The file that a scope is in. */
export function fileOf(scope: Scope): string {
  return scope.parent ? fileOf(scope.parent) : scope.name
}
