import type { Code } from '../../src/stripe/catalogue/codes.ts'
import type { Schema, SchemaType } from '../../src/stripe/catalogue/schema.ts'
import type { Dice } from './dice.ts'
import type { Ids } from './ids.ts'

/** Texts that have broken parsers, stores, loggers and shells before. */
export const hostileTexts = [
  '',
  ' ',
  '\0',
  '\r\nx-injected: 1',
  '__proto__',
  'constructor',
  'toString',
  '../../etc/passwd',
  '..%2f..%2f',
  '%',
  '%zz',
  '%c0%ae',
  '\u202e\u0000',
  '💳'.repeat(50),
  'a'.repeat(5001),
  "' OR 1=1 --",
  '<script>',
  '${7*7}',
  '{{x}}',
  '[object Object]',
  'null',
  'NaN',
  '-0',
  '1e309',
  '9'.repeat(400),
  '0x10',
  '-9007199254740993',
  '(((((a+)+)+)+)+)',
  'id'.repeat(2000),
]

const integers = [
  1,
  2,
  12,
  50,
  100,
  500,
  2000,
  0,
  -1,
  99_999_999,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  1_800_000_000,
]
const currencies = ['usd', 'usd', 'usd', 'usd', 'usd', 'eur', 'jpy', 'kwd', 'USD', 'xxx']
const decimals = ['1', '0', '-1', '12.5', '0.000000000001', '99999999999999']
const texts = ['tok_visa', 'pm_card_visa', 'pm_card_chargeDeclined', 'pm_usBankAccount', 'x', 'ann@example.com', 'US']
const queries = ['created>0', 'email:"a" AND metadata["a"]:"b"', '"', 'a:b:c', '-a~"x"']

/** What values are made from. */
export interface Source {
  schema: Schema
  ids: Ids
  dice: Dice
}

/** Random parameters of a type: mostly of the right types, with values from ordinary to absurd. */
export function randomParams(source: Source, type: SchemaType, depth = 0): object {
  const { dice } = source
  const params: Record<string, unknown> = {}
  const extra = 1 + dice.number(depth === 0 ? 5 : 3)
  for (const { name, isOptional, code } of type.fields) {
    const isWanted = isOptional ? dice.number(type.fields.length) < extra : !dice.once(100)
    if (name === 'expand' || !isWanted || depth > 4) continue
    params[name] = randomValue(source, code, name, depth)
  }
  if (dice.once(100)) params[dice.pick(hostileTexts)] = dice.pick(hostileTexts)
  return params
}

function randomValue(source: Source, code: Code, name: string, depth: number): unknown {
  const { dice, schema } = source
  if (dice.once(code.kind === 'string' ? 30 : 200)) return dice.pick(hostileTexts)
  if (code.isEmptyable && dice.once(8)) return ''
  switch (code.kind) {
    case 'union':
      return randomValue(source, dice.pick(code.either!), name, depth)
    case 'array':
      return Array.from({ length: dice.number(4) }, () => randomValue(source, code.of!, name, depth + 1))
    case 'object':
      return randomParams(source, schema.type(dice.pick(code.types!))!, depth + 1)
    case 'map':
      return { [dice.pick(['key', 'usd', 'jpy', '1'])]: randomValue(source, code.of!, name, depth + 1) }
    case 'metadata':
    case 'partial':
    case 'any':
      return { [dice.pick(['key', ...hostileTexts])]: dice.pick(['x', ...hostileTexts]) }
    case 'enum':
    case 'literal':
      return dice.pick(code.values!)
    case 'boolean':
      return dice.once(2)
    case 'decimal':
      return dice.pick(decimals)
    case 'bytes':
      return { data: Buffer.from(dice.pick(hostileTexts)), name: 'a.txt' }
    case 'string':
      return randomText(source, name)
    default:
      return name === 'limit' ? 1 + dice.number(100) : dice.pick(integers)
  }
}

function randomText({ ids, dice }: Source, name: string): string {
  if (name.includes('currency')) return dice.pick(currencies)
  if (name === 'query') return dice.pick(queries)
  if (dice.once(30)) return ids.any(dice)
  return ids.named(name, dice) ?? dice.pick(texts)
}
