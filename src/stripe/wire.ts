import type { Stripe } from 'stripe'
import type { ActionParams, CreateParams, StripeObjects, UpdateParams } from './objects.ts'

export type ObjectName = keyof StripeObjects

type Plain = string | number | boolean | null | undefined

/** A value of Stripe's types as it is on the wire and in the store: expandable fields hold ids, decimals are strings. */
export type Wire<T> = T extends Stripe.Decimal | bigint
  ? string
  : T extends Plain
    ? T
    : T extends Stripe.MetadataParam
      ? Record<string, string>
      : T extends (infer Item)[]
        ? Wire<Item>[]
        : { [Key in keyof T as Key extends 'lastResponse' ? never : Key]: WireField<T[Key]> }

/** `string | Customer | DeletedCustomer | null` is an expandable field: in the store it is the id, or null. */
type WireField<Field> = string extends Field ? Exclude<Field, { object: string }> : Wire<Field>

/** An object as the store holds it and as handlers see it. */
export type Stored<Name extends ObjectName> = Wire<StripeObjects[Name]>

/** The decided part of an object, at any depth: what is absent or undefined is filled in from the catalogue's shape. */
export type Given<T> = unknown extends T
  ? T
  : T extends Plain
    ? T
    : T extends (infer Item)[]
      ? Given<Item>[]
      : { [Key in keyof T]?: Given<T[Key]> | undefined }

/** Parameters after checking and coercion: numbers are numbers, `""` that clears a field is null, `expand` is gone. */
export type WireParams<T> = T extends T ? Omit<Cleared<T>, 'expand'> : never
type Cleared<T> = T extends Stripe.Decimal | bigint
  ? string
  : T extends Plain
    ? T
    : T extends Stripe.MetadataParam
      ? Record<string, string>
      : T extends (infer Item)[]
        ? Cleared<Item>[]
        : { [Key in keyof T]: Cleared<Exclude<T[Key], ''>> }

/** Parameters that nothing describes: a JSON object. */
export type LooseParams = Record<string, unknown>

export type CreateParamsOf<Name extends ObjectName> = Name extends keyof CreateParams
  ? WireParams<CreateParams[Name]>
  : LooseParams

export type UpdateParamsOf<Name extends ObjectName> = Name extends keyof UpdateParams
  ? WireParams<UpdateParams[Name]>
  : LooseParams

/** The last words of the paths `POST …/{id}/word` that answer with this object, and their parameters. */
export type ActionParamsOf<Name extends ObjectName> = Name extends keyof ActionParams
  ? { [Action in keyof ActionParams[Name]]: WireParams<ActionParams[Name][Action]> }
  : Record<never, never>
