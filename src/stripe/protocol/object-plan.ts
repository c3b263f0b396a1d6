import type { Field, SchemaType } from '../catalogue/schema.ts'

type Build = (values: readonly unknown[]) => Record<string, unknown>

/** How objects of one type are put together: all at once, so that those with the same fields are alike in memory and as small as can be. */
export interface ObjectPlan {
  fields: readonly Field[]
  /** An object of the values that are not undefined, in the order of the fields. */
  build: Build
}

/** More different sets of fields than any type has in use: behind that nothing is prepared any more. */
const mostBuilders = 100
/** Bits of a number that stays a small integer. */
const bitsPerWord = 30

const plans = new WeakMap<SchemaType, ObjectPlan>()

export function planOf(type: SchemaType): ObjectPlan {
  const known = plans.get(type)
  if (known) return known
  const { fields } = type
  const plan: ObjectPlan = {
    fields,
    build: fields.length <= 2 * bitsPerWord ? preparedBuild(fields) : buildSlowly(fields),
  }
  plans.set(type, plan)
  return plan
}

/** Prepares a builder for each set of fields when it first comes. */
function preparedBuild(fields: readonly Field[]): Build {
  const builders = new Map<number, Build>()
  const slow = buildSlowly(fields)
  return (values) => {
    let low = 0
    let high = 0
    for (let at = 0; at < values.length; at++) {
      if (values[at] === undefined) continue
      if (at < bitsPerWord) low |= 1 << at
      else high |= 1 << (at - bitsPerWord)
    }
    const key = high * 2 ** bitsPerWord + low
    const known = builders.get(key)
    if (known) return known(values)
    const made = builders.size < mostBuilders ? writeBuilder(fields, values) : slow
    if (made !== slow) builders.set(key, made)
    return made(values)
  }
}

/** A literal with the names in place: the only way to an object whose fields were never added one by one. */
function writeBuilder(fields: readonly Field[], sample: readonly unknown[]): Build {
  const parts = fields.flatMap(({ name }, at) =>
    sample[at] === undefined ? [] : `${JSON.stringify(name)}: values[${at}]`,
  )
  return new Function('values', `return { ${parts.join(', ')} }`) as Build
}

const buildSlowly =
  (fields: readonly Field[]): Build =>
  (values) => {
    const object: Record<string, unknown> = {}
    for (let at = 0; at < values.length; at++) if (values[at] !== undefined) object[fields[at]!.name] = values[at]
    return object
  }
