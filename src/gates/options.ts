import type { z } from 'zod'
import type { CheckDefinition } from '../checks/define.ts'
import type { Problem } from '../kernel/errors.ts'
import type { Path } from '../kernel/place.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import type { Check } from './project.ts'
import { commonCheckKeys } from './schema.ts'
import { type TemplateUse, templatesIn } from './template.ts'

/**
 * What is wrong with a check's own options. Strings that still hold a template are judged when it is filled in; everything around them
 * is judged now.
 */
export function optionProblems(check: Check, definition: CheckDefinition, options: unknown = check.options): Problem[] {
  const parsed = definition.options.safeParse(options, { reportInput: true })
  const problems = parsed.success
    ? []
    : schemaProblems(parsed.error.issues, definition.options, check.source, {
        base: check.path,
        extraKeys: commonCheckKeys,
        ignore: waitsFor(templatesIn(options)),
      })
  return [...problems, ...emptyProblems(check)]
}

/** A check that states nothing to hold can only pass. */
function emptyProblems({ options, type, source, path }: Check): Problem[] {
  const remedy = 'say what must hold, so that the check can fail'
  if (Object.keys(options).length === 0) {
    return [{ title: `this ${type} check says nothing`, place: source.place([...path, 'type']), remedy }]
  }
  if (!('expect' in options) || !isHollow(options.expect)) return []
  return [{ title: 'empty "expect"', place: source.place([...path, 'expect'], 'key'), remedy }]
}

function isHollow(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (typeof value !== 'object') return false
  return Object.values(value).every((inner) => typeof inner === 'object' && inner !== null && isHollow(inner))
}

/** Issues at a string that waits for its template, and unions above one: the branch is chosen by the value that is not there yet. */
function waitsFor(templates: readonly TemplateUse[]): (issue: z.core.$ZodIssue) => boolean {
  const isWithin = (inner: Path, outer: Path) => outer.every((part, index) => String(inner[index]) === String(part))
  return (issue) =>
    templates.some(({ path }) => {
      if (issue.code === 'unrecognized_keys') return false
      return isWithin(issue.path, path) || (issue.code === 'invalid_union' && isWithin(path, issue.path))
    })
}
