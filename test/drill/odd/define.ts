import type { Random } from './random.ts'

/** What a feature needs to make its part of an odd database. */
export interface Odd {
  random: Random
  /** A new identifier, quoted. */
  name(hint: string): string
  /** One of the schemas of the database, quoted. */
  schema(): string
  /** One of the roles, quoted. */
  role(): string
}

/** Makes SQL that PostgreSQL takes, of something that dumps well and reads badly. */
export type Feature = (odd: Odd) => string
