import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineCheck, pass } from '../../src/checks/define.ts'
import { gateJsonSchema } from '../../src/gates/json-schema.ts'

const definition = defineCheck({
  type: 'http',
  summary: 'asks',
  options: z.strictObject({ times: z.int(), expect: z.strictObject({ status: z.int() }) }),
  example: { times: 1, expect: { status: 200 } },
  run: async () => pass(),
})

interface Branch {
  if: { properties: { type: { const: string } } }
  then: { required: string[]; additionalProperties: boolean; properties: Record<string, unknown> }
}

test('the schema for editors knows the keys of a check type, those of every check, and nothing else', () => {
  const schema = gateJsonSchema([definition]) as { $defs: { check: { allOf: Branch[] } } }

  const [branch] = schema.$defs.check.allOf
  assert.equal(branch?.if.properties.type.const, 'http')
  assert.equal(branch?.then.additionalProperties, false)
  assert.deepEqual(branch?.then.required, ['times', 'expect'])
  for (const key of ['id', 'type', 'needs', 'when', 'times', 'expect']) assert.ok(branch?.then.properties[key], key)
})

test('a template may stand for a number in the schema for editors', () => {
  const schema = gateJsonSchema([definition]) as { $defs: { check: { allOf: Branch[] } } }

  const times = schema.$defs.check.allOf[0]?.then.properties.times as { anyOf: { type: string; pattern?: string }[] }

  assert.deepEqual(
    times.anyOf.map(({ type }) => type),
    ['integer', 'string'],
  )
})

test('every reference in the schema leads somewhere', () => {
  const schema = gateJsonSchema([definition]) as { $defs: Record<string, unknown> }

  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => match[1]!)

  assert.ok(references.length > 3)
  assert.deepEqual(
    references.filter((name) => !(name in schema.$defs)),
    [],
  )
})
