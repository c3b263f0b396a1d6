/** Rows as JSON: whole numbers that fit become numbers (a count is an int8, which drivers hand out as text), dates ISO text. */
export const plainRows = (rows: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)])))

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(plainValue)
  return value
}

/** The number that the text of an `int8` or `numeric` is, where a number can hold it exactly; else the text. */
export function plainNumber(text: string): number | string {
  const number = Number(text)
  return /^-?\d{1,15}$/.test(text) || String(number) === text ? number : text
}
