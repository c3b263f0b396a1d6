export type Value = string | null

/** A statement, or the quoted name of a table to sum up. */
export type Question = { id: number; sql: string; sum?: undefined } | { id: number; sum: string; sql?: undefined }

export type Answer =
  | { id: number; rows: Record<string, Value>[] }
  | { id: number; sum: { rows: number; sha256: string } }
  | { id: number; trouble: string }
