const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `COPY … FROM STDIN` for rows of a table in an encoding. */
export function copyStatement(table: {
  schema: string
  name: string
  columns: readonly string[]
  encoding: string
}): string {
  const name = table.schema === '' ? quoted(table.name) : `${quoted(table.schema)}.${quoted(table.name)}`
  const columns = table.columns.length > 0 ? ` (${table.columns.map(quoted).join(', ')})` : ''
  const encoding = table.encoding === 'UTF8' ? '' : ` WITH (ENCODING '${table.encoding.replaceAll("'", "''")}')`
  return `COPY ${name}${columns} FROM STDIN${encoding}`
}
