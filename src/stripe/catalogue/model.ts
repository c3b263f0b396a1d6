/**
 * One operation of the API: the SDK's method, verb and path (`/v1/refunds/{id}`), the codes of its parameters and of its answer.
 * See `codes.ts` for what a code is.
 */
export interface CatalogueOperation {
  sdk: string
  verb: 'GET' | 'POST' | 'DELETE'
  path: string
  /** Absent where the operation takes no parameters. */
  in?: string
  out: string
  list?: 'list' | 'search'
  /** The host it lives on when that is not `api.`: `files`, `connect`, `meter_events`. */
  host?: string
  /** Bytes, not JSON, come back. */
  streaming?: true
  /** Takes `multipart/form-data`. */
  multipart?: true
}

/** Field name, with `?` where it may be absent, to code. */
export type Shape = Record<string, string>

/** What one version of the `stripe` package knows of the API, as JSON. */
export interface Catalogue {
  /** Version of the `stripe` package. */
  stripe: string
  /** Digest of the compiler that made it; in a shipped catalogue. */
  compiler?: string
  /** API version, `2026-10-28.endive`. */
  api: string
  operations: CatalogueOperation[]
  /** Event type to the code of its `data.object`; `''` for events that carry no object. */
  events: Record<string, string>
  /** Values of each enumeration, joined by `|`. */
  enums: string[]
  types: Record<string, Shape>
}
