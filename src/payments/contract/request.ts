import { z } from 'zod'
import { path } from './values.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
)

const body = z.record(z.string(), json, { error: 'expected the fields of a JSON object' })

/** Metadata as providers keep it: texts only. */
export const texts = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)])))

/** A request of the backend's own API; its body is sent as JSON after the placeholders in it were filled in. */
export const requestSchema = z
  .strictObject({
    POST: path.optional(),
    PUT: path.optional(),
    body: body.default({}),
    headers: z.record(z.string(), z.string()).default({}),
    idempotency_header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .optional()
      .describe('The header that carries a key'),
  })
  .refine(({ POST, PUT }) => (POST === undefined) !== (PUT === undefined), {
    error: 'expected one of POST and PUT with the path',
  })
  .transform(({ POST, PUT, body, headers, idempotency_header: idempotencyHeader }) => ({
    method: POST === undefined ? ('PUT' as const) : ('POST' as const),
    path: (POST ?? PUT)!,
    body,
    headers,
    idempotencyHeader,
  }))

export type Request = z.output<typeof requestSchema>
