/** What the store holds: a JSON object with an id. Records are never changed in place; a change makes another record. */
export interface StoredRecord {
  readonly id: string
  readonly [field: string]: unknown
}
