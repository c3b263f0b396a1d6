/** A row set; columns are what the statement named. */
export interface Rows {
  rows: Record<string, unknown>[]
  /** Rows inserted, updated or deleted. */
  affected: number
}

export interface Queryable {
  /** One statement with positional parameters (`$1`); values are never spliced into the text. */
  query(text: string, params?: readonly unknown[]): Promise<Rows>
}

/** The backend's store: PostgreSQL, or PGlite where no server was given. */
export interface Database extends Queryable {
  engine: 'postgres' | 'pglite'
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}
