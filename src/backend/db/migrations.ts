import type { Database } from './database.ts'
import { meteringMigration } from './migrations-metering.ts'
import { operationsMigration } from './migrations-operations.ts'
import { paymentsMigration } from './migrations-payments.ts'
import { productsMigration } from './migrations-products.ts'

/** Applied in order, each once, each in its own transaction. A released migration is never edited: add another. */
const migrations: readonly { id: string; statements: readonly string[] }[] = [
  {
    id: '0001_orders',
    statements: [
      `create table stripe_events (
         id text primary key,
         type text not null,
         received_at timestamptz not null
       )`,
      `create table orders (
         session_id text primary key,
         payment_intent text,
         email text not null,
         plan text not null,
         amount bigint not null check (amount >= 0),
         currency text not null check (currency ~ '^[a-z]{3}$'),
         status text not null check (status in ('fulfilled', 'revoked')),
         fulfilled_at timestamptz not null,
         revoked_at timestamptz
       )`,
      'create index orders_payment_intent on orders (payment_intent)',
      `create table audit_log (
         id bigint generated always as identity primary key,
         event text not null,
         target text not null,
         payload jsonb not null,
         created_at timestamptz not null
       )`,
      `create table pending_mails (
         key text primary key,
         message jsonb not null
       )`,
    ],
  },
  paymentsMigration,
  operationsMigration,
  productsMigration,
  meteringMigration,
]

/** Brings the schema up to date; safe to call from several processes at once (an advisory lock on servers that have more than one). */
export async function migrate(database: Database): Promise<string[]> {
  await database.query(
    'create table if not exists schema_migrations (id text primary key, applied_at timestamptz not null default now())',
  )
  const applied: string[] = []
  for (const migration of migrations) {
    const isNew = await database.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(7141923)')
      const claim = await tx.query('insert into schema_migrations (id) values ($1) on conflict do nothing', [
        migration.id,
      ])
      if (claim.affected === 0) return false
      for (const statement of migration.statements) await tx.query(statement)
      return true
    })
    if (isNew) applied.push(migration.id)
  }
  return applied
}
