import type { CheckDefinition } from '../checks/define.ts'
import type { Problem } from '../kernel/errors.ts'
import { maskSecretLiterals } from '../kernel/secret-literals.ts'
import { didYouMean } from '../kernel/suggest.ts'
import type { CheckRegistry, Gate } from './project.ts'

/** Loads the check types that the gates use and no others. */
export async function loadDefinitions(
  gates: readonly Gate[],
  registry: CheckRegistry,
  problems: Problem[],
): Promise<Map<string, CheckDefinition>> {
  const definitions = new Map<string, CheckDefinition>()
  for (const check of gates.flatMap((gate) => gate.checks)) {
    if (definitions.has(check.type)) continue
    const entry = Object.hasOwn(registry, check.type) ? registry[check.type] : undefined
    if (entry) {
      definitions.set(check.type, await entry.load())
      continue
    }
    const known = Object.keys(registry).sort()
    const note = didYouMean(check.type, known)
    problems.push({
      title: `unknown check type "${maskSecretLiterals(check.type)}"`,
      place: check.source.place([...check.path, 'type']),
      ...(note && { note }),
      remedy: `types: ${known.join(', ')}`,
    })
  }
  return definitions
}
