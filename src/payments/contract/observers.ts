import { z } from 'zod'
import { jsonPathSchema as selector } from '../../kernel/json-path.ts'
import { chainSchema } from './chain.ts'
import { parseExpression } from './expression.ts'
import { command, path, variableName } from './values.ts'

/** Values that fields must have, compared as texts. */
const fields = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .transform((record) => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, String(value)])))

/** Where an observer reads. Exactly one of GET, sql, command and dir says how. */
const sourceShape = {
  GET: path.optional().describe('A path of the target, with {user}, {email} and {payment}'),
  headers: z
    .record(z.string(), z.union([z.string(), z.strictObject({ env: variableName })]))
    .optional()
    .describe('Sent with GET; a secret as { env: NAME }'),
  sql: z.string().trim().min(1).optional().describe('One reading statement; {user} … become parameters'),
  db: z
    .union([z.string().min(1), z.strictObject({ env: variableName })])
    .optional()
    .describe('Of sql: { env: NAME } of a URL, or the URL: postgres://…, mysql://…, sqlite:<file>'),
  command: command.optional().describe('Prints JSON'),
  dir: z.string().min(1).optional().describe('A folder; its *.json files are the list'),
  match: fields.optional().describe('Top-level fields that a file must have'),
}

export type Source =
  | { kind: 'http'; path: string; headers: Record<string, string | { env: string }> }
  | { kind: 'sql'; statement: string; db: string | { env: string } }
  | { kind: 'command'; command: string }
  | { kind: 'directory'; dir: string; match: Record<string, string> }

type RawSource = z.output<z.ZodObject<typeof sourceShape>>

function sourceOf({ GET, headers, sql, db, command, dir, match }: RawSource): Source {
  if (GET !== undefined) return { kind: 'http', path: GET, headers: headers ?? {} }
  if (sql !== undefined) return { kind: 'sql', statement: sql, db: db ?? { env: 'DATABASE_URL' } }
  if (command !== undefined) return { kind: 'command', command }
  return { kind: 'directory', dir: dir!, match: match ?? {} }
}

const observer = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject({ ...sourceShape, ...shape })
    .superRefine((value, ctx) => {
      const raw = value as RawSource
      const given = (['GET', 'sql', 'command', 'dir'] as const).filter((key) => raw[key] !== undefined)
      if (given.length !== 1)
        ctx.addIssue({ code: 'custom', message: 'expected exactly one of GET, sql, command, dir' })
      const needs = { headers: 'GET', db: 'sql', match: 'dir' } as const
      for (const [key, owner] of Object.entries(needs)) {
        if (raw[key as keyof typeof needs] === undefined || raw[owner] !== undefined) continue
        ctx.addIssue({ code: 'custom', path: [key], message: `belongs to ${owner}` })
      }
    })
    .transform((value) => {
      const { GET, headers, sql, db, command, dir, match, ...rest } = value as RawSource & Record<string, unknown>
      const source = sourceOf({ GET, headers, sql, db, command, dir, match })
      return { source, ...rest } as { source: Source } & Omit<
        z.output<z.ZodObject<Shape, z.core.$strict>>,
        keyof typeof sourceShape
      >
    })

const expression = z
  .string()
  .refine((text) => parseExpression(text) !== undefined, {
    error: 'expected an expression such as $.revoked == false, $.status != "revoked" && $.n > 0',
  })
  .describe('What an item is like that counts, such as $.revoked == false')

const listed = {
  list: selector.optional().describe('Where the list is in the answer; default: the answer itself'),
  where: fields.optional().describe('Fields that an item must have'),
}

const record = {
  ...listed,
  event: selector.optional(),
  actor: selector.optional(),
  id: selector.optional(),
  at: selector.optional(),
}

const dumpSchema = z
  .strictObject({
    command: command.optional().describe('Prints what the data store keeps, such as pg_dump "$DATABASE_URL"'),
    files: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Files and folders of the data store or of its backups'),
  })
  .refine((dump) => (dump.command === undefined) !== (dump.files === undefined), {
    error: 'expected one of command and files',
  })
  .describe('All that the data store keeps, which must not hold a secret in clear')

/** How effects are read. Selectors of `list` apply to the answer, all others to one item, or to the answer where there is no list. */
export const observeSchema = z
  .strictObject({
    grants: observer({
      ...listed,
      active: expression.optional(),
      count: selector.optional().describe('In place of active: where the number of active grants is'),
    }).optional(),
    payment: observer({
      amount: selector.optional(),
      currency: selector.optional(),
      status: selector.optional(),
      refunded: selector.optional().describe('Cumulative refunded amount'),
    }).optional(),
    audit: observer({
      ...record,
      before: selector.optional(),
      after: selector.optional(),
      hash: selector.optional().describe('Of a hash chain: the hash of the record'),
      previous: selector.optional().describe('Of a hash chain: the hash of the record before'),
      chain: chainSchema.optional(),
      effects: z
        .strictObject({ capture: z.string().min(1).optional(), refund: z.string().min(1).optional() })
        .optional()
        .describe('The names of events of which there must be exactly one per capture and per refund'),
    })
      .refine((audit) => audit.chain === undefined || audit.hash !== undefined, {
        path: ['hash'],
        error: 'expected where the hash of a record is: chain needs it',
      })
      .optional(),
    rejections: observer(record).optional(),
    mails: observer(listed).optional(),
    products: observer({
      ...listed,
      id: selector.describe('The provider’s id of the product'),
      active: expression.optional(),
      amount: selector.describe('Of the price, in the minor unit'),
      currency: selector.optional(),
      credits: selector.optional().describe('What one gives: metadata.credit_amount'),
    }).optional(),
    batches: observer({
      ...listed,
      status: selector.describe('How a batch of usage ended'),
      completed: z.string().default('completed').describe('What status is when it was counted'),
      failed: z.string().default('failed').describe('What status is when it was not'),
      error: selector.optional().describe('Why it failed'),
      auth_error: z.string().default('auth error').describe('How error begins when the provider refuses the key'),
      missing_meter: z.string().default('meter mapping not found').describe('What error is without a mapping'),
    }).optional(),
    sync_status: observer({ success_rate: selector.describe('Share of batches that were counted') }).optional(),
    status: observer({}).optional(),
    dump: dumpSchema.optional(),
    logs: z.array(z.string().min(1)).default([]).describe('Files that must not hold secrets'),
  })
  .refine(({ logs: _, dump: __, ...observers }) => Object.values(observers).some((each) => each !== undefined), {
    error: 'expected at least one observer: without one nothing can be judged',
  })

export type Observers = z.output<typeof observeSchema>
export type ObserverName = Exclude<keyof Observers, 'logs' | 'dump'>
