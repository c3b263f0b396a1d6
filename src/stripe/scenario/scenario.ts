import { z } from 'zod'

const step = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][\w-]*$/i)
    .optional()
    .describe('What later steps call the answer: ${name.id}'),
  call: z.string().regex(/^(GET|POST|DELETE) \/\S+$/, { error: 'expected a call such as "POST /v1/customers"' }),
  params: z.record(z.string(), z.json()).default({}),
  /** A step that is meant to be refused: its status. */
  fails: z.int().min(400).max(599).optional(),
})

/** Real API calls, one after the other, each free to use the answers before it: a seed, or what makes an event happen. */
export const scenario = z.strictObject({
  summary: z.string().min(1),
  /** The event it is there for. */
  event: z.string().optional(),
  steps: z.array(step).min(1),
})

export type Scenario = z.infer<typeof scenario>
export type Step = z.infer<typeof step>
export type Params = Step['params']
export type Value = Params[string]

type Answers = Readonly<Record<string, unknown>>

/** A step with the `${name.path}` in it replaced; throws, naming it, for one that leads nowhere. */
export function fillIn({ call, params }: Step, answers: Answers): { call: string; params: Params } {
  return { call: fillText(call, answers), params: fillValue(params, answers) as Params }
}

function fillValue(value: Value, answers: Answers): Value {
  if (typeof value === 'string') return fillText(value, answers)
  if (Array.isArray(value)) return value.map((item) => fillValue(item, answers))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillValue(item, answers)]))
}

function fillText(text: string, answers: Answers): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, path: string) => {
    const found = path
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], answers)
    if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found)
    throw new Error(`${whole} is not in the answers so far (${Object.keys(answers).join(', ') || 'none'})`)
  })
}

/** Lays a value over the parameters of a step: `charge:metadata.order=7` sets it in the step of that name, without a name in the first. */
export function override(given: Scenario, path: string, value: string): Scenario {
  const colon = path.indexOf(':')
  const name = colon < 0 ? undefined : path.slice(0, colon)
  const keys = path.slice(colon + 1).split('.')
  const at = name === undefined ? 0 : given.steps.findIndex((each) => each.name === name)
  const names = given.steps.flatMap((each) => each.name ?? [])
  if (at < 0) throw new Error(`no step is called "${name}"; steps: ${names.join(', ')}`)
  const steps = given.steps.map((each, index) =>
    index === at ? { ...each, params: lay(each.params, keys, value) } : each,
  )
  return { ...given, steps }
}

function lay(params: Params, [key = '', ...rest]: string[], value: string): Params {
  if (rest.length === 0) return { ...params, [key]: value }
  const inner = params[key]
  const isPlain = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
  return { ...params, [key]: lay(isPlain ? inner : {}, rest, value) }
}
