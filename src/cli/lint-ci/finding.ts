import type { Place, Problem } from '../../kernel/errors.ts'
import type { Path, YamlSource } from '../../kernel/place.ts'
import { maskSecretLiterals } from '../../kernel/secret-literals.ts'

/** Something that makes a pipeline say other than gatekit said; a note is only unwise. */
export interface CiFinding extends Problem {
  /** Stable, for machines: `continue-on-error`, `pipe` … */
  rule: string
  isNote: boolean
}

export interface Rule {
  rule: string
  title: string
  remedy: string
  isNote?: boolean
}

export const findingAt = ({ rule, title, remedy, isNote = false }: Rule, place: Place): CiFinding => ({
  rule,
  title,
  remedy,
  place,
  isNote,
})

/** Where something in a script stands: `row` and `column` count from 0 inside the script. */
export function placeInScript(
  source: YamlSource,
  path: Path,
  at: { row: number; column: number; length: number; snippet: string },
): Place {
  const start = source.place(path)
  const rows = source.text.split(/\r?\n/)
  const isBlock = /^\|/.test((rows[start.line - 1] ?? '').slice(start.column - 1))
  // Folded and quoted scripts have other rows than the file: the first row with the same words is near enough.
  const found = isBlock
    ? start.line + at.row
    : rows.findIndex((row, i) => i >= start.line - 1 && row.includes(at.snippet))
  const row = rows[found]
  const column = row?.indexOf(at.snippet) ?? -1
  if (row === undefined || column < 0) return start
  return {
    file: source.file,
    line: found + 1,
    column: column + 1,
    text: maskSecretLiterals(row),
    length: at.snippet.length,
  }
}
