import type { Place, Problem } from '../kernel/errors.ts'
import { didYouMean } from '../kernel/suggest.ts'
import type { Gate } from './project.ts'
import { namesInWhen, type WhenUse } from './when.ts'

/** What the conditions of gates and checks name, each with its place. */
function usesOf(gates: readonly Gate[]): (WhenUse & { place: Place })[] {
  return gates.flatMap((gate) => [
    ...(gate.when ? namesInWhen(gate.when).map((use) => ({ ...use, place: gate.place })) : []),
    ...gate.checks.flatMap(({ when, source, path }) =>
      when ? namesInWhen(when).map((use) => ({ ...use, place: source.place([...path, 'when', ...use.path]) })) : [],
    ),
  ])
}

/** A condition on something that does not exist would silently never hold. */
export function conditionProblems(gates: readonly Gate[], kind: WhenUse['kind'], known: readonly string[]): Problem[] {
  return usesOf(gates).flatMap((use): Problem[] => {
    if (use.kind !== kind || known.includes(use.name)) return []
    const note = didYouMean(use.name, known)
    const remedy = `${kind}s: ${known.join(', ') || 'none'}`
    return [{ title: `unknown ${kind} "${use.name}"`, place: use.place, ...(note && { note }), remedy }]
  })
}
