/** What the placeholders `{user}`, `{email}`, `{payment}` … of a contract stand for. */
export type Fillings = Readonly<Record<string, string>>

const placeholder = /\{([a-z_]+)\}/g

/** The placeholders of a text, without their braces. */
export const placeholdersOf = (text: string): string[] => [...text.matchAll(placeholder)].map(([, name]) => name!)

/** Fills placeholders in; what has no filling stays as it is, for a brace may be no placeholder at all. */
export const fill = (text: string, fillings: Fillings, encode = (value: string) => value): string =>
  text.replace(placeholder, (whole, name: string) => (Object.hasOwn(fillings, name) ? encode(fillings[name]!) : whole))

/** A path and query: what is filled in cannot end a segment or a parameter. */
export const fillPath = (path: string, fillings: Fillings): string => fill(path, fillings, encodeURIComponent)

/** A command for `sh -c`: what is filled in is one word. */
export const fillCommand = (command: string, fillings: Fillings): string => fill(command, fillings, shellWord)

const shellWord = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`

/** Every text inside a JSON value. A text that is nothing but a placeholder becomes what it stands for: a number stays one. */
export function fillJson(value: unknown, fillings: Readonly<Record<string, string | number | boolean>>): unknown {
  if (typeof value === 'string') {
    const [, whole] = /^\{([a-z_]+)\}$/.exec(value) ?? []
    if (whole !== undefined && Object.hasOwn(fillings, whole)) return fillings[whole]
    return fill(value, Object.fromEntries(Object.entries(fillings).map(([name, each]) => [name, String(each)])))
  }
  if (Array.isArray(value)) return value.map((each) => fillJson(each, fillings))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillJson(each, fillings)]))
}

/** Every text of a flat record. */
export const fillRecord = (record: Readonly<Record<string, string>>, fillings: Fillings): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fill(value, fillings)]))
