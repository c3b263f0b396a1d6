import { z } from 'zod'

/** `schema.table` or `table`; a name without a schema means the one table of that name, whichever schema it is in. */
const tableName = z.string().min(1).meta({ description: 'A table: name or schema.name' })
const columnName = z
  .string()
  .regex(/.\../, { error: 'expected table.column or schema.table.column' })
  .meta({ description: 'A column: table.column or schema.table.column' })

const assertion = z.strictObject({
  name: z.string().min(1),
  /** One SELECT; it runs as the owner of the scratch database, read-only. */
  sql: z.string().min(1),
  /**
   * What the first column of the first row must be, as text (`3`, `t`). Absent: there must be at least one row, and every value of its first
   * column must be true or no boolean at all. A row that is not there is a failure either way.
   */
  equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
})

/** What the restored database must be like, in the words of the person who knows it. Everything is optional. */
export const expectationsSchema = z.strictObject({
  /** Tables that must be there, with the least number of rows; 1 where only a name is given. */
  tables: z.record(tableName, z.int().min(0)).default({}),
  /** References that no foreign key guards: `cards.artist_id: artists.id`. */
  softKeys: z.record(columnName, columnName).default({}),
  /** Columns of type oid that hold large objects. */
  largeObjects: z.array(columnName).default([]),
  /** Views, functions, procedures, events, triggers, indexes, types … that must be there, by name or schema.name. */
  objects: z.array(z.string().min(1)).default([]),
  /** Constraints, triggers, indexes, materialised views or sequences whose odd state is known and accepted, by name or schema.name. */
  known: z.array(z.string().min(1)).default([]),
  assertions: z.array(assertion).default([]),
  /** The columns whose newest value tells how fresh the content is: `purchases.created_at`. */
  watermark: z.array(columnName).default([]),
  /** The write probe: which role the application has, and statements of yours that must work for it. They are rolled back. */
  probe: z
    .strictObject({
      role: z.string().min(1).optional(),
      tables: z.array(tableName).default([]),
      statements: z.array(z.string().min(1)).default([]),
    })
    .default({ tables: [], statements: [] }),
  /** By how much a table may differ from the live source, or shrink since the baseline, before it is a finding: 0.2 is a fifth. */
  tolerance: z.number().min(0).max(1).default(0.2),
})

export type Expectations = z.output<typeof expectationsSchema>
export type Assertion = z.output<typeof assertion>

/** Expectations of somebody who declared none. */
export const noExpectations = (): Expectations => expectationsSchema.parse({})
