/**
 * Settings of a scratch cluster, given as `-c` arguments: postgresql.auto.conf of a physical backup would override a configuration file,
 * and a drill that archives its WAL pollutes the archive of the source.
 */
export const scratchSettings = (port: number): Record<string, string> => ({
  port: String(port),
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  archive_mode: 'off',
  archive_command: '',
  restore_command: '',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  max_logical_replication_workers: '0',
  shared_preload_libraries: '',
  local_preload_libraries: '',
  session_preload_libraries: '',
  ssl: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  // Statements that fail are not repeated in the log: they can hold values of rows.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  lc_messages: 'C',
  max_connections: '20',
  shared_buffers: '128MB',
  max_wal_size: '4GB',
  jit: 'off',
})

export const asArguments = (settings: Record<string, string>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
