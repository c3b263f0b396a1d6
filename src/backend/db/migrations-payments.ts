/** Payments, purchases, cards, subscriptions, checkouts and the audit log with its chain of hashes. */
export const paymentsMigration = {
  id: '0002_payments',
  statements: [
    'alter table audit_log rename to audit_log_0001',
    `create table audit_logs (
       seq bigint primary key,
       id uuid not null unique,
       event text not null,
       user_id text not null,
       target_id text not null,
       payload json not null,
       created_at timestamptz not null,
       prev_hash text not null,
       hash text not null unique
     )`,
    'create index audit_logs_target on audit_logs (target_id, seq)',
    `create function audit_logs_refuse() returns trigger language plpgsql as $$
     begin raise exception 'the audit log is append-only'; end $$`,
    `create trigger audit_logs_no_change before update or delete on audit_logs
     for each row execute function audit_logs_refuse()`,
    `create trigger audit_logs_no_truncate before truncate on audit_logs
     for each statement execute function audit_logs_refuse()`,
    `create table audit_head (
       is_only boolean primary key default true check (is_only),
       seq bigint not null,
       hash text not null
     )`,
    `insert into audit_head (seq, hash) values (0, repeat('0', 64))`,
    `create view audit_log as
       select id, event, target, payload, created_at from audit_log_0001
       union all
       select seq + (select coalesce(max(id), 0) from audit_log_0001), event, target_id, payload::jsonb, created_at
       from audit_logs`,
    `create table payments (
       payment_id text primary key,
       gateway text,
       user_id text,
       email text,
       item text,
       amount bigint,
       currency text,
       is_captured boolean not null default false,
       is_failed boolean not null default false,
       is_pending boolean not null default false,
       is_mismatched boolean not null default false,
       refunded_total bigint not null default 0,
       refunded bigint not null default 0,
       refund_records integer not null default 0,
       status text not null default 'unknown',
       created_at timestamptz not null,
       updated_at timestamptz not null
     )`,
    'create index payments_user on payments (user_id)',
    'create table payment_aliases (alias text primary key, payment_id text not null)',
    `create table payment_refunds (
       payment_id text not null,
       refund_id text not null,
       amount bigint not null,
       state text not null check (state in ('made', 'failed')),
       primary key (payment_id, refund_id)
     )`,
    `create table payment_refund_totals (
       payment_id text not null,
       total bigint not null,
       primary key (payment_id, total)
     )`,
    `create table payment_disputes (
       dispute_id text primary key,
       payment_id text not null,
       state text not null check (state in ('warning', 'open', 'won', 'lost'))
     )`,
    'create index payment_disputes_payment on payment_disputes (payment_id)',
    `create table purchases (
       purchase_id bigint generated always as identity primary key,
       payment_id text not null unique,
       user_id text not null,
       item text not null,
       amount bigint,
       currency text,
       status text not null,
       is_receipt_queued boolean not null default false,
       created_at timestamptz not null
     )`,
    'create index purchases_user on purchases (user_id)',
    `create table cards (
       card_id uuid primary key,
       payment_id text not null,
       position integer not null,
       user_id text not null,
       pack text not null,
       state text not null check (state in ('active', 'suspended', 'revoked')),
       created_at timestamptz not null,
       unique (payment_id, position)
     )`,
    'create index cards_user on cards (user_id)',
    `create table users (
       user_id text primary key,
       email text,
       stripe_customer_id text,
       stripe_subscription_id text,
       is_subscribed boolean not null default false,
       plan text not null default 'free',
       plan_monthly_cap integer default 5,
       subscription_status text,
       cancel_at_period_end boolean not null default false,
       current_period_end bigint,
       promo_code text,
       updated_at timestamptz not null
     )`,
    'create index users_customer on users (stripe_customer_id)',
    'create sequence refresh_tickets',
    `create table subscriptions (
       subscription_id text primary key,
       user_id text,
       customer_id text,
       item text,
       promo_code text,
       status text not null default 'unknown',
       said_at bigint not null default 0,
       said_rank integer not null default 0,
       ticket bigint not null default 0,
       needs_refresh boolean not null default false,
       cancel_at_period_end boolean not null default false,
       current_period_end bigint,
       is_effective boolean not null default false,
       updated_at timestamptz not null
     )`,
    'create index subscriptions_user on subscriptions (user_id)',
    `create table checkouts (
       checkout_id uuid primary key,
       user_id text not null,
       item text not null,
       request json not null,
       attempt integer not null default 1,
       state text not null check (state in ('creating', 'open', 'completed', 'expired')),
       session_id text unique,
       url text,
       livemode boolean,
       expires_at bigint,
       created_at timestamptz not null
     )`,
    `create unique index checkouts_one_at_a_time on checkouts (user_id, item) where state in ('creating', 'open')`,
    `create table idempotency_keys (
       key text primary key,
       fingerprint text not null,
       checkout_id uuid not null references checkouts (checkout_id),
       created_at timestamptz not null
     )`,
    `create table refund_orders (
       refund_key text primary key,
       payment_id text not null,
       amount bigint not null,
       reason text not null,
       attempt integer not null default 1,
       state text not null check (state in ('asked', 'made', 'refused')),
       refund_id text,
       created_at timestamptz not null
     )`,
    'create index refund_orders_payment on refund_orders (payment_id)',
  ],
} as const
