const parse = (text: string): number[] | undefined =>
  /^v?\d+(\.\d+){0,2}/.exec(text.trim())?.[0].replace('v', '').split('.').map(Number)

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < 3; index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const constraintPattern = /^(>=|<=|!=|~>|>|<|=)?\s*(\d+(?:\.\d+){0,2})$/

/** Whether a text is a version constraint as Terraform writes them: `>= 1.8, < 2.0`, `~> 1.9`. */
export const isConstraint = (text: string): boolean =>
  text.split(',').every((part) => constraintPattern.test(part.trim()))

/** Whether a version meets every part of a constraint (developer.hashicorp.com/terraform/language/expressions/version-constraints). */
export function meetsConstraint(version: string, constraint: string): boolean {
  const actual = parse(version)
  if (!actual) return false
  return constraint.split(',').every((part) => {
    const [, operator = '=', wanted = ''] = constraintPattern.exec(part.trim()) ?? []
    const numbers = parse(wanted)
    if (!numbers) return false
    const order = compare(actual, numbers)
    if (operator === '>=') return order >= 0
    if (operator === '<=') return order <= 0
    if (operator === '>') return order > 0
    if (operator === '<') return order < 0
    if (operator === '!=') return order !== 0
    if (operator === '=') return order === 0
    return order >= 0 && numbers.slice(0, -1).every((number, index) => actual[index] === number)
  })
}
