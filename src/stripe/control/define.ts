import { parse } from 'yaml'
import { z } from 'zod'
import type { Account, Accounts } from '../accounts.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import type { Webhooks } from '../webhooks/service.ts'
import type { StripeEvent } from '../world.ts'

/** What the control API works on. */
export interface ControlParts {
  accounts: Accounts
  /** Version of the API and of the package it was compiled from. */
  api: string
  stripe: string
  /** Absent where events do not travel. */
  delivery?: Webhooks
  /** Runs what is due on all clocks. */
  tick(): void
  /** Answers a request as the API does. */
  handle(request: HttpRequest): Promise<HttpAnswer>
  /** Calls `listener` for every event that is made; returns how to stop. */
  onEvent(listener: (account: Account, event: StripeEvent) => void): () => void
  /** Told which accounts are gone. */
  onReset?(accounts: string[]): void
}

/** One request to the control API, for the account of its key. */
export interface Control extends ControlParts {
  request: HttpRequest
  query: URLSearchParams
  account: Account
}

/** `'GET /_gatekit/clock'` to what answers it: a value for a 200, a `Refused` for anything else. */
export type ControlRoutes = Record<string, (control: Control) => unknown>

/** An answer of the control API that is not a 200. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly details: object

  constructor(status: number, message: string, details: object = {}) {
    super(message)
    this.status = status
    this.details = details
  }
}

/** The body as a value: JSON, YAML, or `advance=2h` as curl sends it. Throws a 400 that says what was expected. */
export function bodyOf<Schema extends z.ZodType>({ request }: Control, schema: Schema): z.infer<Schema> {
  const text = Buffer.from(request.body ?? []).toString('utf8')
  const parsed = schema.safeParse(readText(text))
  if (parsed.success) return parsed.data
  throw new Refused(400, z.prettifyError(parsed.error))
}

function readText(text: string): unknown {
  if (/^\w+=/.test(text)) return Object.fromEntries(new URLSearchParams(text))
  try {
    return text.startsWith('{') ? JSON.parse(text) : parse(text, { maxAliasCount: 20 })
  } catch (error) {
    throw new Refused(400, `the body is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`)
  }
}
