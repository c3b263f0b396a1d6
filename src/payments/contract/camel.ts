import { z } from 'zod'

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name

export type CamelKeys<Section> = { [Key in keyof Section as Key extends string ? Camel<Key> : Key]: Section[Key] }

/** A section of the contract file: strict, written in snake_case, read in camelCase. Only its own keys are renamed, not those below. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape).transform((value) => {
    const entries = Object.entries(value).map(([key, each]) => [
      key.replace(/_([a-z])/g, (_, c) => c.toUpperCase()),
      each,
    ])
    return Object.fromEntries(entries) as CamelKeys<z.output<z.ZodObject<Shape, z.core.$strict>>>
  })
