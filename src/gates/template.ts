import type { Path } from '../kernel/place.ts'

/** `${root.rest}` inside a string; `$${` stands for `${`. */
const pattern = /\$\$\{|\$\{([^}]*)\}/g

export interface Template {
  /** `env`, `git`, a check id, or `gate/check`. */
  root: string
  /** What follows the first dot. */
  name: string
  /** As written, without `${}`. */
  text: string
}

export interface TemplateUse extends Template {
  path: Path
}

/** The parts of one template text, or undefined when it is no `root.name`. */
export function parseTemplate(text: string): Template | undefined {
  const match = /^((?:[\w-]+\/)?[\w-]+)\.([\w$-][\w.$-]*)$/.exec(text.trim())
  return match ? { root: match[1]!, name: match[2]!, text: text.trim() } : undefined
}

/** Every template in a value with the path of its string; `malformed` ones have an empty root. */
export function templatesIn(value: unknown, path: Path = []): TemplateUse[] {
  if (typeof value === 'string') {
    return [...value.matchAll(pattern)].flatMap((match) => {
      if (match[1] === undefined) return []
      return [{ ...(parseTemplate(match[1]) ?? { root: '', name: '', text: match[1] }), path }]
    })
  }
  if (Array.isArray(value)) return value.flatMap((each, index) => templatesIn(each, [...path, index]))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => templatesIn(inner, [...path, key]))
}

/** What a template becomes; `later` leaves it as it is. */
export type Resolution = { value: string | number | boolean | object } | { later: true } | { problem: string }

export interface Unresolved {
  path: Path
  template: string
  problem: string
}

/**
 * A copy of a value with its templates filled in. A string that is one template becomes the value itself, of whatever type; elsewhere it
 * becomes text. What cannot be filled in is reported and never becomes nothing. Fill the original each time: `$${` is undone by the first.
 */
export function fill(
  value: unknown,
  resolve: (template: Template) => Resolution,
): { value: unknown; unresolved: Unresolved[] } {
  const unresolved: Unresolved[] = []
  const look = (text: string, path: Path): Resolution => {
    const template = parseTemplate(text)
    const found = template ? resolve(template) : { problem: 'is not of the form ${name.value}' }
    if ('problem' in found) unresolved.push({ path, template: text, problem: found.problem })
    return found
  }
  const fillText = (text: string, path: Path): unknown => {
    const whole = /^\$\{([^}]*)\}$/.exec(text)
    if (whole) {
      const found = look(whole[1]!, path)
      return 'value' in found ? found.value : text
    }
    return text.replace(pattern, (written, inner: string | undefined) => {
      if (inner === undefined) return '${'
      const found = look(inner, path)
      if (!('value' in found)) return written
      return typeof found.value === 'object' ? JSON.stringify(found.value) : String(found.value)
    })
  }
  const walk = (inner: unknown, path: Path): unknown => {
    if (typeof inner === 'string') return fillText(inner, path)
    if (Array.isArray(inner)) return inner.map((each, index) => walk(each, [...path, index]))
    if (inner === null || typeof inner !== 'object') return inner
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, walk(each, [...path, key])]))
  }
  return { value: walk(value, []), unresolved }
}
