import type { ChalkInstance } from 'chalk'
import type { Place, Problem } from '../kernel/errors.ts'

/** Renders problems as title, place with a caret under the line, and what to do. */
export function renderProblems(
  problems: readonly Problem[],
  paint: ChalkInstance,
  kind: 'error' | 'warning' = 'error',
): string {
  return problems.map((problem) => renderProblem(problem, paint, kind)).join('\n')
}

function renderProblem(
  { title, place: found, note, remedy }: Problem,
  paint: ChalkInstance,
  kind: 'error' | 'warning',
): string {
  const word = kind === 'error' ? paint.red.bold(kind) : paint.yellow.bold(kind)
  const place = found && windowed(found)
  const lines = [`${word}${paint.bold(`: ${clipped(printable(title), 400)}`)}`]
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

/** What a file or an application says may hold anything: on a terminal, nothing of it may act as a command. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\t' ? ' ' : '\ufffd'))

const clipped = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)

const widest = 160

/** The part of a long line around the column, so that the caret stays below it. */
function windowed(place: Place): Place {
  if (place.text === undefined) return place
  const from = place.column <= widest / 2 ? 0 : place.column - 1 - widest / 4
  const lead = from === 0 ? '' : '…'
  const text = `${lead}${clipped(printable(place.text.slice(from)), widest)}`
  const column = place.column - from + lead.length
  return { ...place, text, column, length: Math.max(1, Math.min(place.length ?? 1, text.length - column + 1)) }
}
