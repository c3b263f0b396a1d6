import type { Odd } from './define.ts'
import { literal, namer, quote, texts } from './names.ts'
import { objectFeatures } from './objects.ts'
import { type Random, randomOf } from './random.ts'
import { tableFeatures } from './tables.ts'

export interface OddDatabase {
  sql: string
  /** Options of pg_dump, without its format. */
  options: string[]
  /** Of CREATE DATABASE. */
  settings: string
}

export const oddRoles = ['odd role', 'app;writer', 'żółw', 'plain_role']

/** A database that PostgreSQL takes and pg_dump dumps, of a few odd features; its backup is good. */
export function oddDatabase(seed: number): OddDatabase {
  const random = randomOf(seed)
  const name = namer(random)
  const schemas = ['public', ...Array.from({ length: random.int(4) }, () => name('schema'))]
  const odd: Odd = {
    random,
    name,
    schema: () => random.pick(schemas),
    role: () => quote(random.pick(oddRoles)),
  }
  const features = [...random.some(tableFeatures, 2 + random.int(4)), ...random.some(objectFeatures, 1 + random.int(4))]
  const sql = [
    ...schemas.slice(1).map((schema) => `create schema ${schema};`),
    `create table ${odd.schema()}.${name('rows')} as select n as id, ${literal(random.pick(texts))} || n as v from generate_series(1, 30) n;`,
    ...features.map((feature) => feature(odd)),
    databaseSettings(random),
  ]
  const text = `set client_min_messages = error;\n${sql.join('\n')}`
  // Such a dump makes what a role owns as that role, who may not be allowed to: pg_dump says so itself.
  const isOwned = / owner to /.test(text)
  const options = optionsOf(random).filter((option) => !(isOwned && option === '--use-set-session-authorization'))
  return { sql: text, options, settings: '' }
}

const settings = [
  "timezone = 'Pacific/Chatham'",
  "bytea_output = 'escape'",
  "datestyle = 'SQL, DMY'",
  "intervalstyle = 'iso_8601'",
  "search_path = 'nowhere'",
  "standard_conforming_strings = 'off'",
  "quote_all_identifiers = 'on'",
  "extra_float_digits = '-10'",
  "xmloption = 'document'",
  "default_toast_compression = 'lz4'",
  "synchronize_seqscans = 'on'",
  "row_security = 'off'",
  "check_function_bodies = 'on'",
]

const databaseSettings = (random: Random): string =>
  random
    .some(settings, random.int(3))
    .map(
      (setting) =>
        `do $$ begin execute format('alter database %I set ${setting.replaceAll("'", "''")}', current_database()); end $$;`,
    )
    .join('\n')

const options = [
  '--clean',
  '--create',
  '--no-owner',
  '--no-privileges',
  '--no-comments',
  '--no-publications',
  '--disable-dollar-quoting',
  '--quote-all-identifiers',
  '--use-set-session-authorization',
  '--load-via-partition-root',
  '--serializable-deferrable',
  '--no-toast-compression',
  '--no-table-access-method',
  '--no-tablespaces',
  '--no-security-labels',
  '--extra-float-digits=1',
  '--verbose',
]

function optionsOf(random: Random): string[] {
  const chosen = random.some(options, random.int(4))
  if (chosen.includes('--clean') && random.chance(0.5)) chosen.push('--if-exists')
  if (random.chance(0.25))
    chosen.push(
      ...random.pick([
        ['--inserts'],
        ['--column-inserts'],
        ['--inserts', '--rows-per-insert=3'],
        ['--column-inserts', '--rows-per-insert=100', '--on-conflict-do-nothing'],
      ]),
    )
  // Rows of a partition with its columns in another order fit its root only by their names: pg_dump says so itself.
  return chosen.includes('--load-via-partition-root')
    ? chosen.map((option) => (option === '--inserts' ? '--column-inserts' : option))
    : chosen
}
