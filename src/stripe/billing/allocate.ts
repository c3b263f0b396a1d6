/**
 * Splits a whole amount in proportion to weights (none negative); the shares add up to it exactly. What rounding leaves over goes to the
 * largest remainders, on a tie to the earlier one.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (whole === 0n) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight))
  const shares = exact.map((value) => value / whole)
  let left = BigInt(amount) - shares.reduce((sum, share) => sum + share, 0n)
  const order = exact
    .map((value, index) => ({ index, rest: value % whole }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))
  for (const { index } of order) {
    if (left === 0n) break
    shares[index] = shares[index]! + 1n
    left -= 1n
  }
  return shares.map(Number)
}
