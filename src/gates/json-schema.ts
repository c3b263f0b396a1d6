import { z } from 'zod'
import type { CheckDefinition } from '../checks/define.ts'
import { quarantineSchema } from '../config/quarantine.ts'
import { waiverSchema } from '../config/waiver.ts'
import { checkSchema, commonCheckKeys, projectSchema, usedGateSchema } from './schema.ts'

interface Schema {
  [key: string]: unknown
  properties?: Record<string, Schema>
  $defs?: Record<string, Schema>
}

/** What an editor needs to complete and check gatekit.yaml and gate files, made from the same schemas that read them. */
export function gateJsonSchema(definitions: readonly CheckDefinition[]): object {
  const defs: Record<string, Schema> = {}
  const common = convert(checkSchema, 'common', defs)
  const branches = definitions.map((definition) => checkBranch(definition, common, defs))
  const gate = convert(usedGateSchema, 'gate', defs)
  const project = convert(projectSchema, 'project', defs)
  defs['check'] = { type: 'object', required: ['id', 'type'], properties: typeProperty(definitions), allOf: branches }
  defs['waiver'] = convert(waiverSchema, 'waiver', defs)
  defs['gate'] = withItems(gate, 'checks', { $ref: '#/$defs/check' })
  const gates = { anyOf: [{ type: 'string' }, { allOf: [{ $ref: '#/$defs/gate' }], required: ['id'] }] }
  defs['quarantine'] = convert(quarantineSchema, 'quarantine', defs)
  const listed = withItems(withItems(project, 'gates', gates), 'waivers', { $ref: '#/$defs/waiver' })
  defs['project'] = withItems(listed, 'quarantine', { $ref: '#/$defs/quarantine' })
  const then = { $ref: '#/$defs/project' }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'gatekit.yaml and gate files',
    if: { required: ['project'] },
    then,
    else: { $ref: '#/$defs/gate' },
    $defs: defs,
  }
}

const typeProperty = (definitions: readonly CheckDefinition[]) => ({
  type: {
    enum: definitions.map(({ type }) => type),
    description: definitions.map(({ type, summary }) => `${type}: ${summary}`).join('\n'),
  },
})

function checkBranch(
  { type, summary, options }: CheckDefinition,
  common: Schema,
  defs: Record<string, Schema>,
): Schema {
  const own = withTemplates(convert(options, `check-${type}`, defs)) as Schema
  const shared = Object.fromEntries(commonCheckKeys.map((key) => [key, common.properties?.[key] ?? {}]))
  const isPlain = own.properties !== undefined && own['additionalProperties'] === false
  const then = isPlain
    ? { ...own, description: summary, properties: { ...shared, ...own.properties } }
    : { allOf: [{ properties: shared }, own], description: summary }
  return { if: { properties: { type: { const: type } } }, then }
}

/** Definitions inside a schema move to the one table, under names that cannot meet. */
function convert(schema: z.ZodType, name: string, defs: Record<string, Schema>): Schema {
  const {
    $schema: _,
    $defs: inner = {},
    ...own
  } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, each]) => {
      const isReference = key === '$ref' && typeof each === 'string'
      return [key, isReference ? each.replace(/^#\/\$defs\//, `#/$defs/${name}-`) : rename(each)]
    })
    return Object.fromEntries(entries)
  }
  for (const [key, each] of Object.entries(inner)) defs[`${name}-${key}`] = rename(each) as Schema
  return rename(own) as Schema
}

function withItems(schema: Schema, key: string, items: Schema): Schema {
  const list = schema.properties?.[key] ?? {}
  return { ...schema, properties: { ...schema.properties, [key]: { ...list, items } } }
}

const template = { type: 'string', pattern: '\\$\\{[^}]+\\}' }

/** Wherever a check takes a number, a boolean or a word of a list, `${...}` may stand for it. */
function withTemplates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTemplates)
  if (typeof value !== 'object' || value === null) return value
  const schema = value as Schema
  const walked = Object.fromEntries(
    Object.entries(schema).map(([key, each]) => [
      key,
      key === 'enum' || key === 'default' ? each : withTemplates(each),
    ]),
  )
  const isLeaf = ['number', 'integer', 'boolean'].includes(String(schema['type'])) || Array.isArray(schema['enum'])
  return isLeaf ? { anyOf: [walked, template] } : walked
}
