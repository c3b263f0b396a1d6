import { type Code, parseCode } from './codes.ts'
import type { Catalogue } from './model.ts'

export interface Field {
  name: string
  isOptional: boolean
  code: Code
}

/** A type with its codes read. */
export interface SchemaType {
  name: string
  fields: readonly Field[]
  byName: ReadonlyMap<string, Field>
  /** The value of its `object` field, where it has an id too: what is stored under that name. */
  object?: string
}

/** A catalogue whose codes are read when they are first asked for, each once. */
export class Schema {
  readonly catalogue: Catalogue
  private readonly codes = new Map<string, Code>()
  private readonly types = new Map<string, SchemaType>()
  private names: Map<string, string> | undefined

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue
  }

  code(text: string): Code {
    const known = this.codes.get(text)
    if (known) return known
    const code = parseCode(text, this.catalogue.enums)
    this.codes.set(text, code)
    return code
  }

  /** Undefined for a name that the catalogue does not have. */
  type(name: string): SchemaType | undefined {
    const known = this.types.get(name)
    if (known) return known
    const shape = this.catalogue.types[name]
    if (!shape) return undefined
    const fields = Object.entries(shape).map(([key, code]): Field => {
      const isOptional = key.endsWith('?')
      return { name: isOptional ? key.slice(0, -1) : key, isOptional, code: this.code(code) }
    })
    const object = shape.id && shape.object?.startsWith('=') ? shape.object.slice(1) : undefined
    const type = {
      name,
      fields,
      byName: new Map(fields.map((field) => [field.name, field])),
      ...(object && { object }),
    }
    this.types.set(name, type)
    return type
  }

  /** The type of what is stored under an `object` value: never a deleted stub, for events the envelope. */
  typeOf(object: string): SchemaType | undefined {
    this.names ??= objectNames(this.catalogue)
    const name = this.names.get(object)
    return name === undefined ? undefined : this.type(name)
  }

  /** The first type that the code of an answer names, through lists and unions; undefined for bytes and free JSON. */
  answerType(code: Code): SchemaType | undefined {
    if (code.of) return this.answerType(code.of)
    if (code.either) return code.either.map((part) => this.answerType(part)).find((type) => type !== undefined)
    return code.types?.[0] === undefined ? undefined : this.type(code.types[0])
  }
}

function objectNames(catalogue: Catalogue): Map<string, string> {
  const names = new Map<string, string>()
  for (const [name, shape] of Object.entries(catalogue.types)) {
    if (!shape.object?.startsWith('=') || !shape.id || /(^|\.)Deleted/.test(name)) continue
    const object = shape.object.slice(1)
    const known = names.get(object)
    if (known === undefined || name.length < known.length) names.set(object, name)
  }
  return names
}
