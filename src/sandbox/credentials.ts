import { randomBytes } from 'node:crypto'

/** A key of the right form; the same for the same seed. */
export const makeKey = (prefix: string, seed: number | undefined): string =>
  seed === undefined ? `${prefix}${randomBytes(16).toString('hex')}` : `${prefix}${String(seed).padStart(32, '0')}`

/** The name under which checks reach the database of an embedded backend that has no server of its own. */
export const embeddedDatabaseUrl = 'pglite://embedded/app'
