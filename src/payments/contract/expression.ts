import { parseJsonPath, selectJson } from '../../kernel/json-path.ts'

type Value = string | number | boolean | null

export type Expression =
  | { kind: 'path'; path: string }
  | { kind: 'value'; value: Value }
  | { kind: 'not'; of: Expression }
  | { kind: 'both' | 'either'; left: Expression; right: Expression }
  | { kind: 'compare'; operator: Operator; left: Expression; right: Expression }

type Operator = '==' | '!=' | '<=' | '>=' | '<' | '>'

const token =
  /\s*(?:(&&|\|\||==|!=|<=|>=|[<>!()])|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|(true|false|null)(?![\w$])|(\$(?:\.[A-Za-z_$][\w$-]*|\.\*|\[\*\]|\[\d+\]|\['(?:[^'\\]|\\['\\])*'\])*))/y

/**
 * Reads what a contract says about an item: JSONPaths, texts, numbers, true, false, null, ==, !=, <, <=, >, >=, &&, ||, !, brackets.
 * Undefined for anything else.
 */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokensOf(text)
  if (!tokens || tokens.length === 0) return undefined
  let at = 0
  const take = (...kinds: string[]) => (kinds.includes(tokens[at] ?? '') ? tokens[at++] : undefined)

  function either(): Expression | undefined {
    let left = both()
    while (left && take('||')) left = join('either', left, both())
    return left
  }
  function both(): Expression | undefined {
    let left = compare()
    while (left && take('&&')) left = join('both', left, compare())
    return left
  }
  function compare(): Expression | undefined {
    const left = unary()
    const operator = take('==', '!=', '<=', '>=', '<', '>') as Operator | undefined
    if (!left || !operator) return left
    const right = unary()
    return right && { kind: 'compare', operator, left, right }
  }
  function unary(): Expression | undefined {
    if (take('!')) {
      const of = unary()
      return of && { kind: 'not', of }
    }
    if (!take('(')) return leafOf(tokens?.[at++])
    const inner = either()
    return take(')') ? inner : undefined
  }

  const whole = either()
  return at === tokens.length ? whole : undefined
}

const join = (kind: 'both' | 'either', left: Expression, right: Expression | undefined): Expression | undefined =>
  right && { kind, left, right }

function tokensOf(text: string): string[] | undefined {
  if (text.length > 1000) return undefined
  const tokens: string[] = []
  token.lastIndex = 0
  while (text.slice(token.lastIndex).trim() !== '') {
    const match = token.exec(text)
    if (!match) return undefined
    tokens.push(match[0].trim())
  }
  return tokens
}

function leafOf(text: string | undefined): Expression | undefined {
  if (text === undefined) return undefined
  if (text.startsWith('$')) return parseJsonPath(text) ? { kind: 'path', path: text } : undefined
  if (/^['"]/.test(text)) return { kind: 'value', value: text.slice(1, -1).replace(/\\(.)/g, '$1') }
  if (/^-?\d/.test(text)) return { kind: 'value', value: Number(text) }
  const words: Record<string, Value> = { true: true, false: false, null: null }
  return Object.hasOwn(words, text) ? { kind: 'value', value: words[text]! } : undefined
}

/** Whether an item is as the expression says; a path that leads nowhere is null. */
export const holds = (expression: Expression, item: unknown): boolean => isTrue(evaluate(expression, item))

function evaluate(expression: Expression, item: unknown): unknown {
  switch (expression.kind) {
    case 'value':
      return expression.value
    case 'path':
      return selectJson(item, expression.path)[0]?.value ?? null
    case 'not':
      return !holds(expression.of, item)
    case 'both':
      return holds(expression.left, item) && holds(expression.right, item)
    case 'either':
      return holds(expression.left, item) || holds(expression.right, item)
    case 'compare':
      return compareValues(expression.operator, evaluate(expression.left, item), evaluate(expression.right, item))
  }
}

/** Data stores without booleans hand out 0 and 1, and clients of some hand out texts only. */
const isTrue = (value: unknown): boolean => Boolean(value) && value !== '0' && value !== 'false' && value !== 'f'

function compareValues(operator: Operator, left: unknown, right: unknown): boolean {
  if (operator === '==') return isSame(left, right)
  if (operator === '!=') return !isSame(left, right)
  if (left === null || right === null) return false
  const [a, b] = areNumbers(left, right) ? [Number(left), Number(right)] : [String(left), String(right)]
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === null || right === null) return left === right
  if (typeof left === 'boolean' || typeof right === 'boolean') return isTruthWord(left, right)
  return areNumbers(left, right) ? Number(left) === Number(right) : String(left) === String(right)
}

const truth: Record<string, boolean> = { true: true, t: true, '1': true, false: false, f: false, '0': false }

function isTruthWord(left: unknown, right: unknown): boolean {
  const [a, b] = [truth[String(left).toLowerCase()], truth[String(right).toLowerCase()]]
  return a !== undefined && a === b
}

const areNumbers = (left: unknown, right: unknown): boolean =>
  [left, right].every(
    (each) => typeof each === 'number' || (typeof each === 'string' && /^-?\d+(\.\d+)?$/.test(each)),
  ) &&
  (typeof left === 'number' || typeof right === 'number')
