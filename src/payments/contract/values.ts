import { z } from 'zod'

export const path = z
  .string({ error: 'expected a path such as /webhooks/stripe' })
  .regex(/^\/(?!\/)[^\s#]*$/, { error: 'expected a path such as /webhooks/stripe' })

export const command = z
  .string({ error: 'expected a command for sh -c' })
  .trim()
  .min(1, { error: 'expected a command' })

const variable = /^[A-Za-z_]\w*$/

/** The name of an environment variable; a secret's value never stands in a contract. */
export const variableName = z
  .string({ error: 'expected the name of an environment variable' })
  .regex(variable, { error: 'expected the name of an environment variable, not a value' })

/** Changes to an environment: text sets a variable, null removes it. */
export const environment = z
  .record(
    z.string().regex(variable, { error: 'expected the name of an environment variable' }),
    z.union([z.string(), z.number(), z.boolean(), z.null()], {
      error: 'expected a text, a number, true, false or null',
    }),
  )
  .transform((record) => {
    const entries = Object.entries(record).map(([name, value]) => [name, value === null ? undefined : String(value)])
    return Object.fromEntries(entries) as Record<string, string | undefined>
  })

export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
  .refine((text) => !new URL(text).username && !new URL(text).password, {
    error: 'an address must not hold a password',
  })
  .transform((text) => text.replace(/\/+$/, ''))

/** An amount in the currency's minor unit. */
export const amount = z.int({ error: "expected a whole number in the currency's minor unit" }).min(1)

export const currency = z
  .string({ error: 'expected a currency code such as usd' })
  .regex(/^[A-Za-z]{3}$/, { error: 'expected a currency code such as usd' })
  .transform((text) => text.toLowerCase())

export const count = z.int({ error: 'expected a whole number' }).min(1).max(100_000)

export const milliseconds = (most: number) => z.int({ error: 'expected milliseconds' }).min(1).max(most)
