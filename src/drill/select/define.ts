import type { Finding } from '../findings.ts'

export interface SelectOptions {
  /** One file or folder, instead of a search. */
  backup?: string
  /** Folder to search, not below it. */
  dir?: string
  /**
   * Which is the newest: the time in the name (else the name itself), or the time of the file. Declared, the other one is not asked but for
   * a remark; not declared it is the name, and a time that says otherwise leaves open which backup was meant.
   */
  order?: 'name' | 'mtime'
  /** Only names that match, `*` and `?` as in a shell: `shop_*.dump`. */
  pattern?: string
  /** `FILE.sha256`, `FILE.md5` or SHA256SUMS beside it are checked when there; required: absence is a finding. */
  checksum: 'when-present' | 'required'
  /** Milliseconds in which a file must not change; 0 does not look. */
  stableMs: number
}

export interface SelectedBackup {
  /** As found. */
  path: string
  /** Where links led to. */
  realPath: string
  kind: 'file' | 'folder'
  bytes: number
  mtime: Date
  /** Time in the name, as written there; without zone it counts as UTC. */
  nameTime?: Date
  /** SHA-256 that a sidecar promises; readBackup computes the file's own. */
  promised?: { algorithm: 'sha256' | 'sha512' | 'md5' | 'sha1'; digest: string; sidecar: string }
  /** Other backups in the folder, newest first. */
  others: string[]
  findings: Finding[]
}
