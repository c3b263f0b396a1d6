import type { FastifyInstance } from 'fastify'
import type { Desk } from './desk.ts'
import type { Message, Step } from './message.ts'

/** Where an application wants to be told of events, as it would configure it at the provider. */
export interface EventTarget {
  url: string
  /** Signing secret or token, in the provider's own form. */
  secret: string
}

/** One request to the application. */
export interface EventRequest {
  headers: Record<string, string>
  body: string
}

/** What a dialect may use to make an event. */
export interface EventTools {
  /** Epoch milliseconds. */
  now: number
  /** Random and unique, lower-case hex of this many bytes. */
  id(bytes: number): string
}

export interface DialectDefinition {
  /** The provider, lower case. */
  name: string
  summary: string
  /** A request that is accepted; the contract test sends it. */
  example: { path: string; headers: Record<string, string>; body: string; status: number; messages: number }
  /** Adds the provider's routes, each below its real path. */
  register(app: FastifyInstance, desk: Desk): void
  /** The provider's request for one step of a message, signed its way; undefined for a step it does not tell. */
  event(message: Message, step: Step, target: EventTarget, tools: EventTools): EventRequest | undefined
  /** Milliseconds between one failed delivery of an event and the next. */
  retryAfterMs: readonly number[]
}

/** Makes a notify dialect; one file under src/notify/dialects/ exports one. */
export const defineDialect = (definition: DialectDefinition): DialectDefinition => definition
