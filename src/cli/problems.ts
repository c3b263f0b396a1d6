import type { ChalkInstance } from 'chalk'
import type { Problem } from '../kernel/errors.ts'

/** Renders problems as title, place with a caret under the line, and what to do. */
export function renderProblems(
  problems: readonly Problem[],
  paint: ChalkInstance,
  kind: 'error' | 'warning' = 'error',
): string {
  return problems.map((problem) => renderProblem(problem, paint, kind)).join('\n')
}

function renderProblem(
  { title, place, note, remedy }: Problem,
  paint: ChalkInstance,
  kind: 'error' | 'warning',
): string {
  const word = kind === 'error' ? paint.red.bold(kind) : paint.yellow.bold(kind)
  const lines = [`${word}${paint.bold(`: ${title}`)}`]
  if (place) {
    const gutter = ' '.repeat(String(place.line).length)
    lines.push(`${gutter} ${paint.blue('-->')} ${place.file}:${place.line}:${place.column}`)
    if (place.text !== undefined) {
      const caret = `${' '.repeat(place.column - 1)}${'^'.repeat(Math.max(1, place.length ?? 1))}`
      lines.push(`${gutter}${paint.blue(' |')}`)
      lines.push(`${paint.blue(`${place.line} |`)} ${place.text}`)
      lines.push(`${gutter}${paint.blue(' |')} ${paint.red(note ? `${caret} ${note}` : caret)}`)
    } else if (note) lines.push(`  ${note}`)
  } else if (note) lines.push(`  ${note}`)
  if (remedy) lines.push(`  ${paint.cyan('do:')} ${remedy}`)
  return `${lines.join('\n')}\n`
}
