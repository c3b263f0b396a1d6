import type { FastifyInstance } from 'fastify'
import type { Parts } from './parts.ts'
import type { Backend } from './settings.ts'

export interface Target {
  parts: Parts
  backend: Backend
  env: Readonly<Record<string, string | undefined>>
}

/** Another way to do a part of the backend's work: a wrong one (a mutant) or a right one (a variant). */
export interface Change {
  id: string
  /** One line: what is wrong, or what is done differently. */
  summary: string
  /** Replaces parts before the application is made. */
  apply?(target: Target): void | Promise<void>
  /** Puts something before or after the routes of the application. */
  wrap?(app: FastifyInstance, target: Target): void
}
