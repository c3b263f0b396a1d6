import { GatekitError, type Place, type Problem } from '../kernel/errors.ts'

export type Values = Readonly<Record<string, unknown>>

const tag = /\{\{([^{}]*)\}\}/g
const valueName = /^\s*([A-Za-z_]\w*(?:\.\w+)*)\s*$/
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text that means itself inside HTML, in elements and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] as string)

/** Fills `{{name}}` and `{{name.inner}}`; there is nothing else. A value that is missing, empty or no scalar is an error, never a gap. */
export function renderText(template: string, values: Values, file: string): string {
  return fill(template, values, file, String)
}

/** As `renderText`, with every value escaped: a value can never become markup. */
export function renderHtml(template: string, values: Values, file: string): string {
  return fill(template, values, file, (value) => escapeHtml(String(value)))
}

/** The names a template asks for, each once. */
export function namesIn(template: string): string[] {
  const names = [...template.matchAll(tag)].map(([, inner = '']) => valueName.exec(inner)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))]
}

type Scalar = string | number | boolean

function fill(template: string, values: Values, file: string, print: (value: Scalar) => string): string {
  const problems: Problem[] = []
  const text = template.replace(tag, (whole: string, inner: string, offset: number) => {
    const [, name] = valueName.exec(inner) ?? []
    const place = placeOf(template, offset, whole.length, file)
    if (!name)
      problems.push({ title: `${whole} is no name`, place, remedy: 'use {{name}}: no conditions, loops or partials' })
    const value = name === undefined ? undefined : lookUp(values, name)
    if (isPrintable(value)) return print(value)
    if (name)
      problems.push({ title: `no value for {{${name}}}`, place, remedy: `give data.${name} a text or a number` })
    return ''
  })
  if (problems.length > 0) throw new GatekitError(problems)
  return text
}

/** Own properties only: `constructor` and its like are not values. */
function lookUp(values: Values, name: string): unknown {
  let found: unknown = values
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined
    found = (found as Values)[part]
  }
  return found
}

const isPrintable = (value: unknown): value is Scalar =>
  (typeof value === 'string' && value !== '') ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value))

function placeOf(text: string, offset: number, length: number, file: string): Place {
  const before = text.slice(0, offset).split('\n')
  const line = before.length
  return { file, line, column: (before.at(-1)?.length ?? 0) + 1, text: text.split('\n')[line - 1] ?? '', length }
}
