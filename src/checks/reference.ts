import { stringify } from 'yaml'
import { z } from 'zod'
import type { CheckDefinition } from './define.ts'

/** As much of JSON Schema as zod writes for options. */
interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  default?: unknown
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
}

interface Row {
  option: string
  values: string
  /** `required`, the default, or nothing. */
  note: string
  description: string
}

/** The reference section of one check type, in Markdown: what it does, its options, an example. All of it comes from the definition. */
export function renderReference({ type, summary, options, example }: CheckDefinition): string {
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as Schema
  const rows = rowsOf(schema, '').map(
    ({ option, values, note, description }) => `| \`${option}\` | ${values} | ${note} | ${cell(description)} |`,
  )
  return [
    `## ${type}`,
    '',
    `${summary}.`,
    '',
    '| option | values | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '```yaml',
    stringify([{ id: `my_${type}`, type, ...(example as object) }], { lineWidth: 110 }).trimEnd(),
    '```',
    '',
  ].join('\n')
}

function rowsOf(schema: Schema, path: string): Row[] {
  const branches = schema.anyOf ?? schema.allOf ?? [schema]
  const named = branches.flatMap((branch) =>
    Object.entries(branch.properties ?? {}).map(([name, inner]) => ({ branch, name, inner })),
  )
  const seen = new Set<string>()
  return named.flatMap(({ branch, name, inner }) => {
    const option = path ? `${path}.${name}` : name
    if (seen.has(name)) return []
    seen.add(name)
    // What one branch of a union requires is not required where another branch is taken.
    const isRequired = branches.length === 1 && Boolean(branch.required?.includes(name))
    return [rowOf(option, inner, isRequired), ...nestedRows(inner, option)]
  })
}

function nestedRows(schema: Schema, option: string): Row[] {
  if (isReference(schema)) return []
  const items = schema.items && !isReference(schema.items) ? rowsOf(schema.items, `${option}[]`) : []
  return [...rowsOf(schema, option), ...items]
}

const rowOf = (option: string, schema: Schema, isRequired: boolean): Row => ({
  option,
  values: valuesOf(schema),
  note: schema.default === undefined ? (isRequired ? 'required' : '') : `\`${JSON.stringify(schema.default)}\``,
  description: schema.description ?? '',
})

/** `{ env: NAME }` is said in words. */
const isReference = ({ properties, anyOf }: Schema): boolean =>
  (properties !== undefined && Object.keys(properties).join() === 'env' && properties['env']?.type === 'string') ||
  (anyOf ?? []).some(isReference)

function valuesOf(schema: Schema): string {
  if (schema.$ref?.endsWith('/Matcher')) return 'value or rules'
  if (schema.$ref) return 'any JSON'
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum) return schema.enum.map((each) => `\`${String(each)}\``).join(', ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(valuesOf))].join(' or ')
  if (isReference(schema)) return '`{ env: NAME }`'
  if (schema.type === 'array') return `list of ${valuesOf(schema.items ?? {})}`
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object' && !schema.properties) {
    return `map of ${valuesOf(schema.additionalProperties)}`
  }
  return [schema.type ?? 'any JSON'].flat().join(' or ')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
