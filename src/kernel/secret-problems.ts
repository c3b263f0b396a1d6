import type { Problem } from './errors.ts'
import type { YamlSource } from './place.ts'
import { findSecretLiterals, maskSecretLiterals } from './secret-literals.ts'

/** Secrets that stand in a file itself, comments included; the shown line has them starred. */
export function secretProblems(sources: readonly YamlSource[]): Problem[] {
  return sources.flatMap(({ file, text }) => {
    const found = findSecretLiterals(text).sort((a, b) => a.start - b.start)
    const apart = found.filter((each, index) => index === 0 || each.start >= found[index - 1]!.end)
    return apart.map(({ name, start, end }): Problem => {
      const before = text.slice(0, start).split('\n')
      const line = before.length
      const row = maskSecretLiterals(text).split(/\r?\n/)[line - 1] ?? ''
      const column = before.at(-1)!.length + 1
      return {
        title: `a secret (${name}) stands in this file`,
        place: { file, line, column, text: row, length: Math.max(1, Math.min(end - start, row.length - column + 1)) },
        note: 'not shown',
        remedy: 'write { env: NAME } and set the variable where gatekit runs; then replace the secret, it is known now',
      }
    })
  })
}
