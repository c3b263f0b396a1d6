import type { Inventory } from '../../../src/drill/proof/inventory.ts'
import type { DrillRecord } from '../../../src/drill/record.ts'

/** The record of a drill that passed, as small as a record may be. */
export const passed = (changes: Partial<DrillRecord> = {}): DrillRecord => ({
  schema: 'drill/1',
  drillId: '20260105-aaaa',
  tool: 'gatekit 0.1.0',
  status: 'PASS',
  exitCode: 0,
  reason: 'everything held',
  startedAt: '2026-01-05T05:00:00.000Z',
  finishedAt: '2026-01-05T05:01:00.000Z',
  durationMs: 60_000,
  depth: 'full',
  phases: [
    { name: 'provision', status: 'done', startedAt: '2026-01-05T05:00:00.000Z', durationMs: 1500 },
    { name: 'restore', status: 'done', startedAt: '2026-01-05T05:00:02.000Z', durationMs: 40_000, note: '9 tables' },
    { name: 'prove', status: 'done', startedAt: '2026-01-05T05:00:42.000Z', durationMs: 18_000 },
  ],
  findings: [],
  rto: { ms: 41_500, budgetMs: 900_000 },
  rpo: { ms: 3_600_000, clock: 'mtime', budgetMs: 86_400_000 },
  evidence: {
    backup: {
      path: '/backups/shop_20260105.dump',
      sha256: 'a'.repeat(64),
      bytes: 123_456,
      format: 'postgres custom',
      clocks: { mtime: '2026-01-05T04:00:00.000Z' },
    },
    engine: { kind: 'pglite', version: '18.3', sameMajor: false, proof: 'portability', chosen: 'nothing else is here' },
    tables: [
      {
        name: 'public.cards',
        rows: 500,
        sha256: 'b'.repeat(64),
        restored: { rows: 500, sha256: 'b'.repeat(64) },
        equal: true,
      },
    ],
    rows: 500,
    roles: [],
    extensions: [],
    largeObjects: 0,
    checks: { tables: 1 },
    swept: [],
  },
  ...changes,
})

/** An inventory with these tables and nothing else. */
export const inventoryOf = (...tables: string[]): Inventory => ({
  schema: 'inventory/1',
  server: { version: '15.1', major: 15 },
  database: { name: 'shop', encoding: 'UTF8', collate: 'C', ctype: 'C' },
  schemas: ['public'],
  extensions: [],
  relations: tables.map((name) => ({
    schema: 'public',
    name,
    kind: 'table',
    owner: 'app',
    unlogged: false,
    rowSecurity: false,
    populated: true,
    definition: null,
    parents: [],
    isPartition: false,
    ofExtension: false,
    columns: [
      {
        name: 'id',
        type: 'bigint',
        baseType: 'int8',
        notNull: true,
        expression: "'hunter2'",
        generated: '',
        identity: '',
      },
    ],
  })),
  constraints: [],
  indexes: [],
  triggers: [],
  sequences: [],
  routines: [],
  types: [],
  others: [],
  grants: [],
  largeObjects: { count: 0 },
})
