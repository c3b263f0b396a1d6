import { z } from 'zod'
import type { CheckContext } from '../define.ts'

/** A value that stays out of the file: `{ env: NAME }`. */
export const variableReference = z
  .strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/, { error: 'expected the name of an environment variable' }) })
  .describe('The value of an environment variable')

export type VariableReference = z.output<typeof variableReference>

/** A value written out, or the name of the variable that holds it. */
export const textOrReference = z.union([z.string().min(1), variableReference])
export type TextOrReference = z.output<typeof textOrReference>

/** A URL of a server that needs credentials: those belong into a variable. */
export const serverUrl = z.union([
  z
    .string()
    .min(1)
    .refine((url) => !/\/\/[^/@\s]*:[^/@\s]+@/.test(url), {
      error: 'this URL holds a password: put the URL into an environment variable and write { env: NAME }',
    }),
  variableReference,
])

/** The check cannot be judged because a variable it names is not set. */
export class MissingVariable extends Error {
  override readonly name = 'MissingVariable'
  constructor(readonly variable: string) {
    super(`environment variable ${variable} is not set`)
  }
}

type Variables = Pick<CheckContext, 'variable' | 'secrets'>

/** The secret behind a reference, which from now on is never shown. Throws MissingVariable. */
export function resolveSecret(reference: VariableReference, context: Variables): string {
  const value = context.variable(reference.env)
  if (value === undefined) throw new MissingVariable(reference.env)
  context.secrets.add(reference.env, value)
  return value
}

/** The text itself, or the secret behind a reference. Throws MissingVariable. */
export const resolveText = (value: TextOrReference, context: Variables): string =>
  typeof value === 'string' ? value : resolveSecret(value, context)

/** A server's URL; of one that comes from a variable only the password is secret. Throws MissingVariable. */
export function resolveServerUrl(value: TextOrReference, context: Variables): string {
  if (typeof value === 'string') return value
  const url = context.variable(value.env)
  if (url === undefined) throw new MissingVariable(value.env)
  const password = URL.canParse(url) ? new URL(url).password : ''
  if (password) context.secrets.add(`${value.env} password`, decodeURIComponent(password))
  return url
}

/** How a person writes the value in a shell: a literal in quotes, a variable as "$NAME". */
export const inShell = (value: TextOrReference): string =>
  typeof value === 'string' ? quoted(value) : `"$${value.env}"`

/** One shell word, whatever it holds. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
