import type { Database } from '../engines/define.ts'

/** What a database is, whatever its URL is spelled like: sockets, host names, ports, poolers and environment variables lead to the same. */
export interface Identity {
  /** Set by initdb; copies of a cluster (replicas, physical restores) share it. */
  systemIdentifier: string
  databaseOid: string
  databaseName: string
  /** Comment of the database. */
  comment: string
  dataDirectory: string
  startedAt: string
}

export async function readIdentity(database: Database): Promise<Identity> {
  const [row] = await database.query(`
    select (select system_identifier::text from pg_catalog.pg_control_system()) as system,
           d.oid::text as oid, d.datname as name,
           coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '') as comment,
           coalesce(pg_catalog.current_setting('data_directory', true), '') as directory,
           pg_catalog.pg_postmaster_start_time()::text as started
    from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`)
  return {
    systemIdentifier: row?.system ?? '',
    databaseOid: row?.oid ?? '',
    databaseName: row?.name ?? '',
    comment: row?.comment ?? '',
    dataDirectory: row?.directory ?? '',
    startedAt: row?.started ?? '',
  }
}

/** `<system identifier>/<oid of the database>` */
export const identityText = ({ systemIdentifier, databaseOid }: Identity): string =>
  `${systemIdentifier}/${databaseOid}`

/** The comment by which a scratch database of one drill is known. */
export const scratchMarker = (drillId: string): string => `gatekit:scratch:${drillId}`

/** The comment by which a person declares a database, and its server, to be scratch. */
export const declaredMarker = /^gatekit:scratch(?:$|[:\s])/

/** Names are made here, never taken from an operator or a backup. */
export const scratchNames = (drillId: string): { name: string; owner: string } => ({
  name: `gatekit_drill_${drillId}`,
  owner: `gatekit_owner_${drillId}`,
})
