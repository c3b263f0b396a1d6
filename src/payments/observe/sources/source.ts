import type { Fillings } from '../../contract/template.ts'

/** What a source said. `document` is undefined where the backend says that there is no such thing. */
export interface Reading {
  document: unknown
  status?: number
  headers?: Record<string, string>
  /** The answer as text, for reports and searches. */
  body: string
}

/** Reads for one subject; throws an Error that says why it could not. */
export interface ReadableSource {
  read(fillings: Fillings, signal?: AbortSignal): Promise<Reading>
  close?(): Promise<void>
}

/** For one reading of one source. */
export const readingMs = 10_000
