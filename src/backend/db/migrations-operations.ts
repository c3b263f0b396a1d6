/** Goods that are used up, provider keys that are kept, and tenants. */
export const operationsMigration = {
  id: '0003_operations',
  statements: [
    'alter table cards drop constraint cards_state_check',
    `alter table cards add constraint cards_state_check
       check (state in ('active', 'suspended', 'revoked', 'spent'))`,
    `create table provider_connections (
       provider text primary key,
       sealed_key text not null,
       shown text not null,
       updated_at timestamptz not null
     )`,
  ],
} as const
