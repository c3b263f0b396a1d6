/** What the provider's catalogue says, as far as it could be taken. */
export const productsMigration = {
  id: '0004_products',
  statements: [
    `create table products (
       stripe_id text primary key,
       name text not null,
       description text,
       is_active boolean not null,
       amount bigint not null check (amount >= 0),
       currency text not null,
       interval text not null,
       credit_amount integer not null check (credit_amount > 0),
       display_order integer not null default 0,
       stripe_price_id text not null,
       synced_at timestamptz not null
     )`,
  ],
} as const
