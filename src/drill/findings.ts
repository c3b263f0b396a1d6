/** How a finding weighs: 1 the backup is bad or a budget is broken, 3 could not be verified, 6 refused as unsafe, 0 a remark. */
export type FindingExit = 0 | 1 | 3 | 6

interface Code {
  exit: FindingExit
  /** What it means, for the table at the end and the docs. */
  meaning: string
  /** What to do about it, one line. */
  remedy: string
}

/** Every code a drill can end with. `exit` is the usual weight; a finding may be lighter where the configuration says so. */
export const codes = {
  // Choosing the file.
  NO_BACKUP: { exit: 1, meaning: 'there is no backup', remedy: 'look at the job that writes backups, and at --dir' },
  EMPTY: {
    exit: 1,
    meaning: 'the backup holds nothing',
    remedy: 'look at the log of the backup job: it wrote an empty file',
  },
  ORDER_CONFLICT: {
    exit: 1,
    meaning: 'the newest by name is not the newest by time',
    remedy: 'say which counts: drill.order: name or mtime',
  },
  STALE: { exit: 1, meaning: 'the backup is older than the RPO allows', remedy: 'take a backup; look at the schedule' },
  OUTSIDE_DIR: {
    exit: 6,
    meaning: 'the link leads out of the backup folder',
    remedy: 'point the link into the folder',
  },
  IN_PROGRESS: { exit: 1, meaning: 'the backup is still being written', remedy: 'drill again when it is complete' },
  CHECKSUM_MISMATCH: {
    exit: 1,
    meaning: 'the file is not the one its checksum was made of',
    remedy: 'the file changed after it was written: restore it from another copy',
  },
  CHECKSUM_MISSING: {
    exit: 1,
    meaning: 'a checksum is required and absent',
    remedy: 'write FILE.sha256 with each backup',
  },
  NOT_A_DUMP: { exit: 1, meaning: 'the file is no backup of a database', remedy: 'look at what the backup job stored' },
  ENCRYPTED_NO_KEY: { exit: 3, meaning: 'encrypted, and no key was given', remedy: 'give the key: drill.decrypt' },
  DECRYPT_FAILED: {
    exit: 1,
    meaning: 'the key does not open the backup',
    remedy: 'find the key this backup was made with',
  },
  UNSUPPORTED: {
    exit: 3,
    meaning: 'a format that cannot be read here',
    remedy: 'convert it, or store it in a format that can',
  },
  // Damaged bytes.
  TRUNCATED: { exit: 1, meaning: 'the backup is cut off', remedy: 'the backup job was interrupted: take another' },
  TRUNCATED_GZIP: {
    exit: 1,
    meaning: 'the compressed file is cut off',
    remedy: 'the backup job was interrupted: take another',
  },
  GZIP_CRC: { exit: 1, meaning: 'the compressed file is damaged', remedy: 'restore the file from another copy' },
  CORRUPT: { exit: 1, meaning: 'bytes of the backup are damaged', remedy: 'restore the file from another copy' },
  MEMBER_MISSING: { exit: 1, meaning: 'a file of the backup is missing', remedy: 'copy the whole folder' },
  DUMP_NEWER: {
    exit: 3,
    meaning: 'made by a newer version than can be used here',
    remedy: 'use an engine of that version',
  },
  // Wrong content.
  NO_SCHEMA: { exit: 1, meaning: 'data without tables', remedy: 'dump without --data-only' },
  WRONG_DATABASE: {
    exit: 1,
    meaning: 'a backup of another database',
    remedy: 'look at what the backup job connects to',
  },
  TABLE_MISSING: { exit: 1, meaning: 'a required table is missing', remedy: 'look for -T, -t or -n in the backup job' },
  ROWS_BELOW_MIN: { exit: 1, meaning: 'fewer rows than required', remedy: 'look at what the backup job dumps' },
  ROWS_DELTA: { exit: 1, meaning: 'row counts differ from what they should be', remedy: 'compare with the source' },
  CONTENT_MISMATCH: {
    exit: 1,
    meaning: 'what was restored is not what is in the file',
    remedy: 'a trigger, rule or default changes rows while they are restored',
  },
  SCHEMA_DELTA: { exit: 1, meaning: 'the schema differs from what it should be', remedy: 'compare with the source' },
  OBJECTS_MISSING: {
    exit: 1,
    meaning: 'objects are missing',
    remedy: 'dump the whole database, with routines and events',
  },
  CONSTRAINT_FAILED: { exit: 1, meaning: 'rows break a constraint', remedy: 'the rows cannot be restored as they are' },
  CONSTRAINT_MISSING: { exit: 1, meaning: 'a constraint is missing', remedy: 'compare with the source' },
  FK_MISSING: { exit: 1, meaning: 'a foreign key is missing', remedy: 'compare with the source' },
  ORPHANS: {
    exit: 1,
    meaning: 'rows refer to rows that are not there',
    remedy: 'the data is inconsistent at its source',
  },
  NOT_VALID: {
    exit: 1,
    meaning: 'a constraint was never validated',
    remedy: 'VALIDATE CONSTRAINT, or declare it as known',
  },
  INDEX_MISSING: { exit: 1, meaning: 'an index is missing', remedy: 'compare with the source' },
  INDEX_INVALID: { exit: 1, meaning: 'an index is invalid', remedy: 'REINDEX or DROP it at the source' },
  TRIGGER_MISSING: { exit: 1, meaning: 'a trigger is missing', remedy: 'compare with the source' },
  TRIGGER_DISABLED: {
    exit: 1,
    meaning: 'a trigger is disabled',
    remedy: 'enable it at the source, or declare it as known',
  },
  MATVIEW_UNPOPULATED: {
    exit: 1,
    meaning: 'a materialised view is empty of itself',
    remedy: 'REFRESH it at the source',
  },
  SEQUENCE_BEHIND: { exit: 1, meaning: 'a sequence would hand out used values', remedy: 'setval() at the source' },
  LO_MISSING: { exit: 1, meaning: 'large objects are missing', remedy: 'dump with --large-objects (-b)' },
  ENCODING: {
    exit: 1,
    meaning: 'text is not in the encoding it claims',
    remedy: 'look at client_encoding of the backup job',
  },
  PRIVILEGES_MISSING: { exit: 1, meaning: 'privileges are missing', remedy: 'dump without --no-privileges' },
  ASSERTION_FAILED: {
    exit: 1,
    meaning: 'an assertion of yours does not hold',
    remedy: 'look at the data it asks about',
  },
  PROBE_FAILED: {
    exit: 1,
    meaning: 'the application could not write',
    remedy: 'look at privileges, sequences and triggers',
  },
  NOT_PROBED: {
    exit: 0,
    meaning: 'the write probe left something out',
    remedy: 'name what your application writes in drill.probe',
  },
  // Restoring.
  ROLE_MISSING: { exit: 1, meaning: 'a role is missing', remedy: 'store pg_dumpall --roles-only with the backup' },
  EXTENSION_UNAVAILABLE: { exit: 3, meaning: 'the engine lacks an extension', remedy: 'use an engine that has it' },
  LOCALE_UNAVAILABLE: { exit: 3, meaning: 'the engine lacks a locale', remedy: 'use an engine that has it' },
  RESTORE_ERROR: {
    exit: 1,
    meaning: 'a statement of the backup fails',
    remedy: 'the same would happen in an emergency',
  },
  NO_SPACE: { exit: 3, meaning: 'not enough space', remedy: 'free some, or set TMPDIR to a larger disk' },
  TIMEOUT: { exit: 3, meaning: 'took too long', remedy: 'allow more: --timeout' },
  // Safety and the drill itself.
  TARGET_IS_SOURCE: { exit: 6, meaning: 'the target is the source', remedy: 'name a scratch server' },
  NOT_SCRATCH: {
    exit: 6,
    meaning: 'the target is not a scratch database',
    remedy: 'name a server that holds nothing of value',
  },
  TARGET_NOT_EMPTY: { exit: 6, meaning: 'the target is not empty', remedy: 'name a scratch server' },
  HOSTILE_DUMP: {
    exit: 6,
    meaning: 'the backup holds commands for the server or shell',
    remedy: 'find out who wrote this',
  },
  ENGINE_DIED: { exit: 3, meaning: 'the scratch server ended', remedy: 'look at memory and disk, then drill again' },
  ENGINE_UNAVAILABLE: { exit: 3, meaning: 'the engine is not here', remedy: 'install it, or use another: --engine' },
  LOCKED: { exit: 3, meaning: 'another drill is running', remedy: 'wait for it' },
  INTERRUPTED: { exit: 3, meaning: 'the drill was stopped', remedy: 'drill again' },
  SOURCE_UNREACHABLE: { exit: 3, meaning: 'the source cannot be read', remedy: 'look at --url and the network' },
  MANIFEST_INVALID: { exit: 3, meaning: 'the manifest cannot be read', remedy: 'write it anew: gatekit backup' },
  REDIS_UNREACHABLE: { exit: 3, meaning: 'Redis cannot be reached', remedy: 'look at the URL and the password' },
  REDIS_EMPTY: {
    exit: 1,
    meaning: 'Redis answers and holds nothing',
    remedy: 'look at appendonly and the database number',
  },
  // Budgets and evidence.
  RTO_EXCEEDED: { exit: 1, meaning: 'restoring takes longer than allowed', remedy: 'look at the slowest phase' },
  RPO_EXCEEDED: {
    exit: 1,
    meaning: 'the newest row is older than allowed',
    remedy: 'the backup is fresh, its content is not',
  },
  EVIDENCE_INVALID: { exit: 1, meaning: 'the evidence was changed', remedy: 'drill again' },
  EXPIRED: { exit: 1, meaning: 'the evidence is too old', remedy: 'drill again' },
  NOT_NEWEST: { exit: 1, meaning: 'a newer backup was never drilled', remedy: 'drill again' },
  CLOCK: { exit: 1, meaning: 'the evidence is from the future', remedy: 'set the clock, drill again' },
} as const satisfies Record<string, Code>

export type FindingCode = keyof typeof codes

/** What a drill found. Never holds a value of a row. */
export interface Finding {
  code: FindingCode
  /** Phase in which it was found. */
  stage: string
  /** Table, sequence, file, role … as a person would name it. */
  object?: string
  /** One sentence: what was expected and what was there. */
  message: string
  exit: FindingExit
}

/** A finding with the usual weight of its code. */
export const finding = (
  code: FindingCode,
  stage: string,
  message: string,
  { object, exit = codes[code].exit }: { object?: string | undefined; exit?: FindingExit } = {},
): Finding => ({ code, stage, message, exit, ...(object !== undefined && { object }) })

/** A finding that ends the drill where it is met: thrown inside a phase, caught by the flow. */
export class DrillStop extends Error {
  override readonly name = 'DrillStop'
  constructor(
    readonly finding: Finding,
    options?: ErrorOptions,
  ) {
    super(finding.message, options)
  }
}

/** Ends the drill here. */
export const stop = (
  code: FindingCode,
  stage: string,
  message: string,
  about: Parameters<typeof finding>[3] = {},
  options?: ErrorOptions,
): DrillStop => new DrillStop(finding(code, stage, message, about), options)

const precedence: readonly FindingExit[] = [6, 1, 3, 0]

/** The finding that names the verdict: refusals first, then what is wrong with the backup, then what could not be judged. */
export function worst(findings: readonly Finding[]): Finding | undefined {
  return precedence.flatMap((exit) => findings.filter((each) => each.exit === exit))[0]
}
