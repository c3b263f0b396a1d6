/** A name in a database, unquoted on both sides. */
export interface QualifiedName {
  schema: string
  name: string
}

export interface ColumnShape {
  name: string
  /** As `format_type` writes it with an empty search path. */
  type: string
  /** `pg_type.typname` of the innermost type: of the element for an array, of the base type for a domain. */
  baseType: string
  notNull: boolean
  /** The default's or generation's expression; null without one. */
  expression: string | null
  /** '' is an ordinary column, `s` stored, `v` virtual. */
  generated: string
  /** '' is none, `a` always, `d` by default. */
  identity: string
}

export interface RelationShape extends QualifiedName {
  kind: 'table' | 'partitioned' | 'foreign' | 'view' | 'matview'
  owner: string
  unlogged: boolean
  rowSecurity: boolean
  /** Materialised views: whether it was ever filled. */
  populated: boolean
  /** SHA-256 of the query of a view. */
  definition: string | null
  /** `schema.name` of the tables this one inherits from or is a partition of. */
  parents: string[]
  isPartition: boolean
  /** Belongs to an extension: its rows are partly the extension's own. */
  ofExtension: boolean
  columns: ColumnShape[]
}

export interface ConstraintShape extends QualifiedName {
  table: string
  /** `pg_constraint.contype`: p, u, f, c, x, t. NOT NULL is told by the column. */
  kind: 'p' | 'u' | 'f' | 'c' | 'x' | 't'
  definition: string
  validated: boolean
  /** Made for a partition by its parent's. */
  inherited: boolean
  columns: string[]
  /** Foreign keys: what they refer to. */
  references: (QualifiedName & { columns: string[] }) | null
}

export interface IndexShape extends QualifiedName {
  table: string
  definition: string
  valid: boolean
  unique: boolean
  partitioned: boolean
  method: string
  /** Behind a constraint of the same name. */
  ofConstraint: boolean
}

export interface TriggerShape extends QualifiedName {
  table: string
  definition: string
  /** `pg_trigger.tgenabled`: O on, D off, R replica, A always. */
  enabled: 'O' | 'D' | 'R' | 'A'
  /** Of a foreign key; its name says nothing. */
  internal: boolean
  /** Made for a partition by its parent's. */
  inherited: boolean
}

export interface SequenceShape extends QualifiedName {
  /** As text: bigint. */
  lastValue: string
  isCalled: boolean
  start: string
  increment: string
  min: string
  max: string
  cycle: boolean
  /** Columns that take their default from it, or own it. */
  feeds: (QualifiedName & { column: string })[]
}

export interface RoutineShape extends QualifiedName {
  /** `name(argument types)` */
  signature: string
  kind: 'function' | 'procedure' | 'aggregate' | 'window'
  language: string
  /** SHA-256 of the body. */
  body: string
  /** Whether it runs with the rights of its owner. */
  securityDefiner: boolean
}

export interface TypeShape extends QualifiedName {
  kind: 'enum' | 'domain' | 'composite' | 'range' | 'base'
  /** Labels of an enum, attributes of a composite type, the base type of a domain. */
  parts: string[]
}

/** Something that hangs on a table or on nothing: policies, rules, event triggers, publications. */
export interface NamedObject extends QualifiedName {
  kind: 'policy' | 'rule' | 'event trigger' | 'publication' | 'text search configuration' | 'collation' | 'statistics'
  table: string | null
  definition: string
}

/** One privilege of somebody who is not the owner. */
export interface GrantShape {
  /** `table public.cards`, `schema app`, `function public.f(integer)` … */
  object: string
  /** `PUBLIC` or the name of a role. */
  grantee: string
  privilege: string
}

/** Everything a database consists of but the rows. Compared between a backup, its source and earlier drills. */
export interface Inventory {
  schema: 'inventory/1'
  server: { version: string; major: number }
  database: { name: string; encoding: string; collate: string; ctype: string }
  schemas: string[]
  extensions: { name: string; version: string; schema: string }[]
  relations: RelationShape[]
  constraints: ConstraintShape[]
  indexes: IndexShape[]
  triggers: TriggerShape[]
  sequences: SequenceShape[]
  routines: RoutineShape[]
  types: TypeShape[]
  others: NamedObject[]
  grants: GrantShape[]
  largeObjects: { count: number }
}

/** Rows of one table: how many, and SHA-256 of its COPY stream with the settings of `stream.ts`. */
export interface TableContent extends QualifiedName {
  rows: number
  sha256?: string
}

/** `public.cards`, for people and as a key. */
export const nameOf = ({ schema, name }: QualifiedName): string => `${schema}.${name}`
